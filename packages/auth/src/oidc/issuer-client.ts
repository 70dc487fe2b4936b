import { isArray, isObject, own, parseJson, type JsonObject } from '@kcp/api-machinery';
import type { Outbound } from '@kcp/outbound';

/** How one issuer is called. */
export interface IssuerAddress {
  /** The issuer's URL; also what its OpenID configuration must say. */
  readonly url: string;
  /** Where that configuration is, if not below the URL; empty where it is. */
  readonly discoveryURL: string;
  /** PEM; empty for the ones that Node trusts. */
  readonly certificateAuthority: string;
}

/** By what calls go out, and on whose account. */
export interface IssuerCalls {
  readonly outbound: Outbound;
  /** Whose calls these are, for the bounds of outgoing calls. */
  readonly tenant: string;
  /** As long, in characters, each of the issuer's documents may be at most; where it is absent, as outgoing calls allow. */
  readonly longestDocument?: number;
}

const WELL_KNOWN = '/.well-known/openid-configuration';
const TIMEOUT_MS = 10_000;
const MAX_SHOWN = 200;

/** Asks an issuer where its keys are, then for them. Throws Error whose text says what is wrong. */
export async function fetchKeys(address: IssuerAddress, calls: IssuerCalls): Promise<readonly JsonObject[]> {
  const where = address.discoveryURL === '' ? `${address.url.replace(/\/$/, '')}${WELL_KNOWN}` : address.discoveryURL;
  const provider = await fetchObject(where, address, calls);
  const issuer = own(provider, 'issuer');
  if (issuer !== address.url) {
    const both = `expected ${JSON.stringify(address.url)} got ${JSON.stringify(issuer ?? '')}`;
    throw new Error(`oidc: issuer did not match the issuer returned by provider, ${both}`);
  }
  const uri = own(provider, 'jwks_uri');
  if (typeof uri !== 'string' || !uri.startsWith('https://')) throw new Error('provider did not return JWKS URL');
  const keys = own(await fetchObject(uri, address, calls), 'keys');
  if (!isArray(keys)) throw new Error(`${uri}: the key set has no keys`);
  return keys.filter(isObject);
}

async function fetchObject(url: string, address: IssuerAddress, calls: IssuerCalls): Promise<JsonObject> {
  const text = await fetchText({ url, accept: 'application/json' }, address, calls);
  const { longestDocument: longest = Infinity } = calls;
  if (text.length > longest) throw new Error(`${url}: the answer has more than ${longest} characters`);
  let value: unknown;
  try {
    value = parseJson(text);
  } catch (error) {
    throw new Error(`${url}: the answer is no JSON`, { cause: error });
  }
  if (!isJsonObject(value)) throw new Error(`${url}: the answer is no object`);
  return value;
}

function isJsonObject(value: unknown): value is JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** The body of an answer with a status of 2xx. Throws Error; redirects are not followed. */
export async function fetchText(
  { url, accept, token }: { readonly url: string; readonly accept: string; readonly token?: string },
  { certificateAuthority }: Pick<IssuerAddress, 'certificateAuthority'>,
  { outbound, tenant }: IssuerCalls,
): Promise<string> {
  const { status, headers, body } = await outbound.send({
    tenant,
    url,
    headers: { accept, ...(token !== undefined && { authorization: `Bearer ${token}` }) },
    ...(certificateAuthority !== '' && { tls: { caBundle: certificateAuthority } }),
    timeoutMs: TIMEOUT_MS,
  });
  if (status >= 300 && status < 400)
    throw new Error(`${url}: ${status}, and redirects (to ${headers['location'] ?? 'nowhere'}) are not followed`);
  if (status < 200 || status > 299) throw new Error(`${url}: ${status}: ${body.toString('utf8').slice(0, MAX_SHOWN)}`);
  return body.toString('utf8');
}
