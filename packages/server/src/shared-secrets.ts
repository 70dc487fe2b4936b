import { randomBytes } from 'node:crypto';
import type { KubeObject } from '@kcp/api-machinery';
import { generateSigningKeyPem } from '@kcp/auth';
import { shardCluster, type Bucket, type ObjectKey, type ObjectWriter } from '@kcp/object-store';
import { RootDirectoryError, type RootDirectory } from './root-directory.ts';
import { ownAuthority, SERVING_AUTHORITY, SIGNING_AUTHORITY } from './certificates/own-authority.ts';

/** What all servers on one store have in common, so that each accepts what another has issued. */
export interface SharedSecrets {
  /** By the name that they have in the root directory: the authorities of servers and of signed requests, the key of accounts' tokens. PEM. */
  readonly files: Readonly<Record<string, string>>;
  /** The tokens of the admin kubeconfig. */
  readonly kcpAdminToken: string;
  readonly shardAdminToken: string;
}

const bucket: Bucket = { group: 'internal.kcp.io', resource: 'secrets' };
const key: ObjectKey = { cluster: shardCluster, namespace: '', name: 'servers' };
const FINGERPRINT = 'internal.kcp.io/v1/Secrets';

const AUTHORITIES = [SERVING_AUTHORITY, SIGNING_AUTHORITY];
const ACCOUNT_KEY = 'sa.key';
/** Keys before what they belong to, so that a stop in between leaves nothing that does not fit. */
const FILES = [ACCOUNT_KEY, ...AUTHORITIES.flatMap(({ name }) => [`${name}.key`, `${name}.crt`])];

/**
 * Reads the secrets that the servers on a shared store have in common, or makes them where this is the first server, out of what
 * its root directory holds already; then puts them into the root directory. Throws RootDirectoryError where that was in use
 * with another store.
 */
export async function shareSecrets(store: ObjectWriter, directory: RootDirectory): Promise<SharedSecrets> {
  await store.synced();
  const found = read(store);
  if (found !== undefined) {
    await refuseOthers(directory, found);
    return keep(directory, found);
  }
  return keep(directory, await publish(store, await make(directory)));
}

async function publish(store: ObjectWriter, made: SharedSecrets): Promise<SharedSecrets> {
  const object: KubeObject = {
    apiVersion: 'internal.kcp.io/v1',
    kind: 'Secrets',
    metadata: { name: key.name },
    ...made,
  };
  const outcome = await store.commit([{ kind: 'create', bucket, key, object, fingerprint: FINGERPRINT }]);
  if (outcome.kind === 'committed') return made;
  // Another server was faster.
  const found = read(store);
  if (found === undefined) throw new Error('the shared secrets were written and are not there');
  return found;
}

async function make(directory: RootDirectory): Promise<SharedSecrets> {
  for (const policy of AUTHORITIES) await ownAuthority(directory, policy, Date.now());
  if ((await directory.read(ACCOUNT_KEY)) === undefined) await directory.write(ACCOUNT_KEY, generateSigningKeyPem());
  const files: Record<string, string> = {};
  for (const name of FILES) files[name] = (await directory.read(name)) ?? '';
  return { files, kcpAdminToken: token(), shardAdminToken: token() };
}

const token = (): string => randomBytes(32).toString('base64url');

/** A root directory with another authority belongs to another store. */
async function refuseOthers(directory: RootDirectory, { files }: SharedSecrets): Promise<void> {
  const name = `${SERVING_AUTHORITY.name}.crt`;
  const certificate = await directory.read(name);
  if (certificate === undefined || certificate === files[name]) return;
  throw new RootDirectoryError(
    `${directory.path} holds the certificates of another store than the one in etcd: name another --root-directory`,
  );
}

async function keep(directory: RootDirectory, secrets: SharedSecrets): Promise<SharedSecrets> {
  for (const name of FILES) {
    const text = secrets.files[name] ?? '';
    if ((await directory.read(name)) !== text) await directory.write(name, text);
  }
  return secrets;
}

function read(store: ObjectWriter): SharedSecrets | undefined {
  const object = store.get(bucket, key)?.decode();
  if (object === undefined) return undefined;
  const { files = {}, kcpAdminToken, shardAdminToken } = object as Partial<SharedSecrets>;
  const texts = [...FILES.map((name) => files[name]), kcpAdminToken, shardAdminToken];
  if (texts.every((text) => typeof text === 'string' && text !== '')) return object as unknown as SharedSecrets;
  throw new Error('the shared secrets in the store cannot be read');
}
