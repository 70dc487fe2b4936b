import { dirname, resolve } from 'node:path';
import { isArray, isObject, own, type Json, type JsonObject } from '@kcp/api-machinery';
import { parseYaml } from '@kcp/apiserver';
import type { ReviewEndpoint } from '@kcp/auth';
import { OptionFileError, readOptionFile } from './option-file.ts';

/** What would run programs, or trust what nobody vouches for. */
const REFUSED = {
  cluster: ['insecure-skip-tls-verify', 'proxy-url'],
  user: ['exec', 'auth-provider', 'as', 'as-uid', 'as-groups', 'as-user-extra'],
} as const;

/**
 * Reads a kubeconfig that says where a webhook is: the current context's cluster and user, or the only ones where there is no
 * context. Files that it names lie beside it. Throws OptionFileError, which names file and field.
 */
export async function readWebhookKubeconfig(file: string): Promise<ReviewEndpoint> {
  const { cluster, user } = await readOptionFile(file, (bytes) => chosen(parseYaml(bytes.toString('utf8')).value));
  const material = (entry: JsonObject, name: string): Promise<string | undefined> => pem(file, entry, name);
  try {
    refuse(cluster, 'cluster');
    refuse(user, 'user');
    const url = serverUrl(textIn(cluster, 'server'));
    const [caBundle, certificate, key, token] = await Promise.all([
      material(cluster, 'certificate-authority'),
      material(user, 'client-certificate'),
      material(user, 'client-key'),
      bearer(file, user),
    ]);
    const serverName = textIn(cluster, 'tls-server-name');
    if ((certificate === undefined) !== (key === undefined)) {
      throw new Error('client-certificate and client-key go together');
    }
    const authorization = token === undefined ? basic(user) : `Bearer ${token}`;
    return {
      url,
      ...(authorization !== undefined && { authorization }),
      tls: {
        ...(caBundle !== undefined && { caBundle }),
        ...(serverName !== '' && { serverName }),
        ...(certificate !== undefined && key !== undefined && { clientCertificate: { certificate, key } }),
      },
    };
  } catch (error) {
    if (error instanceof OptionFileError) throw error;
    throw new OptionFileError(`${file}: ${error instanceof Error ? error.message : String(error)}`, { cause: error });
  }
}

function serverUrl(text: string): string {
  const url = URL.parse(text);
  if (url?.protocol !== 'https:') throw new Error(`server: ${JSON.stringify(text)} is no https URL`);
  return url.href;
}

function chosen(value: Json): { readonly cluster: JsonObject; readonly user: JsonObject } {
  if (!isObject(value)) throw new Error('the file holds no kubeconfig');
  const current = textIn(value, 'current-context');
  const context = entry(value, 'contexts', 'context', current);
  const named = (list: string, kind: string): JsonObject => entry(value, list, kind, textIn(context ?? {}, kind)) ?? {};
  if (current !== '' && !context) throw new Error(`there is no context ${JSON.stringify(current)}`);
  const cluster = named('clusters', 'cluster');
  if (textIn(cluster, 'server') === '') throw new Error('no cluster with a server is named');
  return { cluster, user: named('users', 'user') };
}

/** The entry of a name; the only one where no name is given. */
function entry(config: JsonObject, list: string, kind: string, name: string): JsonObject | undefined {
  const entries = own(config, list) ?? [];
  if (!isArray(entries)) throw new Error(`${list} is no list`);
  const objects = entries.filter(isObject);
  const found =
    name === '' ? (objects.length === 1 ? objects[0] : undefined) : objects.find((each) => own(each, 'name') === name);
  const value = found && own(found, kind);
  return value !== undefined && isObject(value) ? value : undefined;
}

function refuse(entry: JsonObject, kind: keyof typeof REFUSED): void {
  for (const field of REFUSED[kind]) {
    if ((own(entry, field) ?? false) !== false) throw new Error(`${kind}: ${field} is not supported`);
  }
}

async function pem(file: string, entry: JsonObject, name: string): Promise<string | undefined> {
  const data = textIn(entry, `${name}-data`);
  if (data !== '') return Buffer.from(data, 'base64').toString('utf8');
  const path = textIn(entry, name);
  return path === '' ? undefined : beside(file, path);
}

async function bearer(file: string, user: JsonObject): Promise<string | undefined> {
  const [token, path] = [textIn(user, 'token'), textIn(user, 'tokenFile')];
  if (token !== '') return token;
  return path === '' ? undefined : (await beside(file, path)).trim();
}

function basic(user: JsonObject): string | undefined {
  const name = textIn(user, 'username');
  if (name === '') return undefined;
  return `Basic ${Buffer.from(`${name}:${textIn(user, 'password')}`).toString('base64')}`;
}

function beside(file: string, path: string): Promise<string> {
  return readOptionFile(resolve(dirname(file), path), (bytes) => bytes.toString('utf8'));
}

function textIn(object: JsonObject, field: string): string {
  const value = own(object, field) ?? '';
  if (typeof value !== 'string') throw new Error(`${field} is no string`);
  return value;
}
