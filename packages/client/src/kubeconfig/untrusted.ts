import { decodeKubeconfig } from './decode.ts';
import { readDocument } from './document.ts';
import { FieldReader } from './field-reader.ts';
import type { Kubeconfig } from './kubeconfig.ts';

/** What each object of a kubeconfig may hold that a tenant gave us. */
const allowed = {
  document: ['apiVersion', 'kind', 'preferences', 'clusters', 'users', 'contexts', 'current-context', 'extensions'],
  clusters: ['server', 'certificate-authority-data', 'tls-server-name', 'disable-compression', 'extensions'],
  users: [
    'token',
    'client-certificate-data',
    'client-key-data',
    'username',
    'password',
    'as',
    'as-uid',
    'as-groups',
    'as-user-extra',
    'extensions',
  ],
  contexts: ['cluster', 'user', 'namespace', 'extensions'],
} as const;

/** Why the best-known of the others are refused. */
const why: ReadonlyMap<string, string> = new Map([
  ['exec', 'runs a program'],
  ['auth-provider', 'runs code of its own'],
  ['proxy-url', 'sends the requests elsewhere'],
  ['certificate-authority', 'names a file'],
  ['client-certificate', 'names a file'],
  ['client-key', 'names a file'],
  ['tokenFile', 'names a file'],
  ['insecure-skip-tls-verify', 'skips verification'],
]);

/**
 * Reads a kubeconfig that comes from an object, a request or anybody else who may not read our files, run our programs or choose
 * our proxies. A field that could is refused by its name, and so is every field that we do not know; `false` and null are no
 * values. Throws KubeconfigError.
 */
export function parseUntrustedKubeconfig(text: string): Kubeconfig {
  const document = new FieldReader(readDocument(text, undefined), '', undefined);
  checkNames(document, allowed.document);
  for (const [list, member] of [
    ['clusters', 'cluster'],
    ['users', 'user'],
    ['contexts', 'context'],
  ] as const) {
    for (const [, entry] of document.named(list)) {
      checkNames(entry, ['name', member]);
      const body = entry.object(member);
      if (body) checkNames(body, allowed[list]);
    }
  }
  return decodeKubeconfig(document);
}

function checkNames(object: FieldReader, names: readonly string[]): void {
  for (const name of object.names()) {
    if (names.includes(name) || object.raw()[name] === false) continue;
    const reason = why.get(name) ?? 'is not a field that is known';
    throw object.error(name, `is not allowed in a kubeconfig that comes from an object: it ${reason}`);
  }
}
