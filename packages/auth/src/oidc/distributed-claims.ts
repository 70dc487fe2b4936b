import { LRUCache } from 'lru-cache';
import { isObject, own, type JsonObject } from '@kcp/api-machinery';
import type { Logger } from '@kcp/telemetry';
import { fetchText, type IssuerCalls } from './issuer-client.ts';
import { IssuerKeys } from './issuer-keys.ts';
import { readToken } from './unverified-token.ts';
import { verifyToken, type TokenRules } from './verify-token.ts';

/** What claims that lie elsewhere are fetched with. */
export interface DistributedClaimsOptions extends IssuerCalls, Omit<TokenRules, 'keys'> {
  /** The claim that may lie elsewhere: that of the groups. */
  readonly claim: string;
  /** PEM; empty for the authorities that Node trusts. */
  readonly certificateAuthority: string;
  readonly logger: Logger;
}

/** Claims, complete. */
export interface ExpandedClaims {
  readonly claims: JsonObject;
  /** True where a part came from elsewhere, and may soon be another. */
  readonly fetched: boolean;
}

/** So many issuers of distributed claims are known at a time; a token may name any, so there must be a bound. */
const MAX_ISSUERS = 16;

/**
 * Fetches the claim from where a token says that it lies (OpenID Connect Core §5.6.2 `_claim_names`, `_claim_sources`): a token of
 * its own, by any issuer, for the same audiences. Aggregated claims are left alone. Throws Error.
 */
export function distributedClaims(options: DistributedClaimsOptions): (claims: JsonObject) => Promise<ExpandedClaims> {
  const { claim, clock, logger, outbound, tenant, certificateAuthority } = options;
  const issuers = new LRUCache<string, IssuerKeys>({ max: MAX_ISSUERS });
  const keysOf = (url: string): IssuerKeys => {
    const known = issuers.get(url);
    if (known) return known;
    const address = { url, discoveryURL: '', certificateAuthority };
    const keys = new IssuerKeys({ address, outbound, tenant, clock, logger });
    issuers.set(url, keys);
    return keys;
  };
  return async (claims) => {
    const source = sourceOf(claims, claim);
    if (!source) return { claims, fetched: false };
    const request = { url: source.url, accept: '*/*', ...(source.token !== '' && { token: source.token }) };
    const token = (await fetchText(request, { certificateAuthority }, { outbound, tenant })).trim();
    const issuer = own(readToken(token)?.claims ?? {}, 'iss');
    if (typeof issuer !== 'string' || !issuer.startsWith('https://')) {
      throw new Error(`getting untrusted issuer from endpoint ${source.url} failed for claim ${JSON.stringify(claim)}`);
    }
    const verified = await verifyToken(token, { ...options, keys: keysOf(issuer) });
    const value = own(verified.claims, claim);
    if (value === undefined) {
      throw new Error(
        `jwt returned by distributed claim endpoint ${JSON.stringify(source.url)} did not contain claim: ${claim}`,
      );
    }
    return { claims: { ...claims, [claim]: value }, fetched: true };
  };
}

/** Where the claim lies; undefined where it is in the token, nowhere, or in a token within the token. */
function sourceOf(claims: JsonObject, claim: string): { readonly url: string; readonly token: string } | undefined {
  const names = own(claims, '_claim_names');
  if (Object.hasOwn(claims, claim) || names === undefined) return undefined;
  if (!isObject(names)) throw new Error('error parsing distributed claim names');
  const sources = own(claims, '_claim_sources');
  if (sources === undefined) throw new Error('no claim sources');
  if (!isObject(sources)) throw new Error('could not parse claim sources');
  const name = own(names, claim);
  if (name === undefined) return undefined;
  const source = typeof name === 'string' ? own(sources, name) : undefined;
  if (source === undefined || !isObject(source)) {
    throw new Error(`id token _claim_names contained a source ${JSON.stringify(name)} missing in _claims_sources`);
  }
  const [url, token] = [own(source, 'endpoint') ?? '', own(source, 'access_token') ?? ''];
  if (typeof url !== 'string' || typeof token !== 'string') throw new Error('could not parse claim sources');
  if (url === '') return undefined;
  if (!url.startsWith('https://')) throw new Error(`endpoint ${JSON.stringify(url)} is no https URL`);
  return { url, token };
}
