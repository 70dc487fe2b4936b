import { unlessOvertaken } from '@kcp/apiserver';
import { objectAt, objectsAt, textAt } from '@kcp/api-machinery';
import type { KubeObject } from '@kcp/api-machinery';
import type { ServiceAccountIssuer } from '@kcp/auth';
import type { Reconcile, ReconcileKey } from '@kcp/controller';
import { done } from '@kcp/controller';
import type { Bucket, FollowedChange, ObjectReader } from '@kcp/object-store';
import { SERVICE_ACCOUNT_NAME, SERVICE_ACCOUNT_TOKEN } from '../core/secret.ts';
import { serviceAccountBucket } from '../core/service-account.ts';
import type { ReconcileDeps } from './deps.ts';

const SERVICE_ACCOUNT_UID = 'kubernetes.io/service-account.uid';
const secretBucket: Bucket = { group: '', resource: 'secrets' };
const PAGE = 500;
/** Of keys of Secrets that are gone; the identity is the account's name. */
const LISTED: Bucket = { group: 'internal.kcp.io', resource: 'listed-tokens' };

/** The buckets whose changes concern tokens that live in Secrets. */
export const accountTokenBuckets: readonly Bucket[] = [secretBucket, serviceAccountBucket];

/** What tokens in Secrets are made of. */
export interface AccountTokenDeps extends ReconcileDeps {
  readonly issuer: ServiceAccountIssuer;
  /** PEM. */
  readonly rootCertificates: string;
}

function isTokenSecret(object: KubeObject): boolean {
  return textAt(object, 'type') === SERVICE_ACCOUNT_TOKEN;
}

/**
 * A Secret of the type is a key; so is an account that is gone or new, for all Secrets that name it, unless its logical cluster, as every new
 * one, never had any; and so is a Secret that is gone, for its account may list it.
 */
export function accountTokenKeys(
  store: Pick<ObjectReader, 'generation'>,
  { kind, object, previous }: FollowedChange,
): readonly ReconcileKey[] {
  const { key, bucket } = object;
  if (bucket.resource === serviceAccountBucket.resource) {
    const isNews = kind === 'delete' || previous === undefined;
    const mayMatter = isNews && store.generation({ bucket: secretBucket, cluster: key.cluster }) > 0;
    return mayMatter ? [{ ...key, bucket: serviceAccountBucket }] : [];
  }
  const secret = object.decode();
  if (!isTokenSecret(secret)) return [];
  if (kind === 'put') return [{ ...key, bucket: secretBucket }];
  const account = secret.metadata.annotations?.[SERVICE_ACCOUNT_NAME] ?? '';
  return account === '' ? [] : [{ ...key, bucket: { ...LISTED, identity: account } }];
}

function isComplete({ rootCertificates }: AccountTokenDeps, secret: KubeObject, uid: string): boolean {
  const data = objectAt(secret, 'data');
  const isOwn = secret.metadata.annotations?.[SERVICE_ACCOUNT_UID] === uid;
  const isCurrent = textAt(data, 'ca.crt') === base64(rootCertificates);
  return isOwn && isCurrent && ['token', 'namespace'].every((key) => textAt(data, key) !== '');
}

function base64(text: string): string {
  return Buffer.from(text).toString('base64');
}

function filled(deps: AccountTokenDeps, key: ReconcileKey, secret: KubeObject, account: KubeObject): KubeObject {
  const { cluster, namespace, name } = key;
  const { name: accountName = '', uid = '' } = account.metadata;
  if (isComplete(deps, secret, uid)) return secret;
  // A token that is in use stays: only what is beside it changes with the root certificates.
  const known =
    secret.metadata.annotations?.[SERVICE_ACCOUNT_UID] === uid ? textAt(objectAt(secret, 'data'), 'token') : '';
  const owner = { cluster, namespace, account: { name: accountName, uid } };
  const token = known === '' ? base64(deps.issuer.legacy(owner, name)) : known;
  const data = {
    ...objectAt(secret, 'data'),
    'ca.crt': base64(deps.rootCertificates),
    namespace: base64(namespace),
    token,
  };
  const annotations = { ...secret.metadata.annotations, [SERVICE_ACCOUNT_UID]: uid };
  return { ...secret, metadata: { ...secret.metadata, annotations }, data };
}

async function reconcileSecret(deps: AccountTokenDeps, key: ReconcileKey): Promise<void> {
  const { cluster, namespace, name } = key;
  const stored = deps.store.get(secretBucket, { cluster, namespace, name });
  const secret = stored?.decode();
  if (secret === undefined || !isTokenSecret(secret) || secret.metadata.deletionTimestamp !== undefined) return;
  const { annotations = {} } = secret.metadata;
  const accountKey = { cluster, namespace, name: annotations[SERVICE_ACCOUNT_NAME] ?? '' };
  const account = deps.store.get(serviceAccountBucket, accountKey)?.decode();
  const uid = annotations[SERVICE_ACCOUNT_UID] ?? '';
  const address = { cluster, namespace, name, resource: { ...secretBucket, version: 'v1' } };
  if (account === undefined || (uid !== '' && uid !== account.metadata.uid)) {
    // one that names another account meanwhile stays
    await unlessOvertaken(deps.writer.remove(address, { resourceVersion: String(stored?.revision) }));
  } else if (!isComplete(deps, secret, account.metadata.uid ?? '')) {
    await unlessOvertaken(deps.writer.update(address, (old) => filled(deps, key, old, account)));
  }
}

async function reconcileAccount(deps: AccountTokenDeps, { cluster, namespace, name }: ReconcileKey): Promise<void> {
  let after: string | undefined;
  do {
    const where = { bucket: secretBucket, cluster, namespace, limit: PAGE, ...(after !== undefined && { after }) };
    const page = deps.store.page(where);
    for (const stored of page.objects) {
      const { annotations } = stored.decode().metadata;
      if (annotations?.[SERVICE_ACCOUNT_NAME] === name) await reconcileSecret(deps, stored.key);
    }
    after = page.next;
  } while (after !== undefined);
}

/** Takes a Secret that is gone out of the list of its account (pkg/controller/serviceaccount TokensController). */
async function unlist({ store, writer }: AccountTokenDeps, key: ReconcileKey): Promise<void> {
  const { cluster, namespace, name: secret, bucket } = key;
  if (store.get(secretBucket, { cluster, namespace, name: secret }) !== undefined) return;
  const name = bucket?.identity ?? '';
  const address = { cluster, namespace, name, resource: { ...serviceAccountBucket, version: 'v1' } };
  const without = (account: KubeObject): KubeObject => {
    const listed = objectsAt(account, 'secrets');
    const left = listed.filter((item) => textAt(item, 'name') !== secret);
    if (left.length === listed.length) return account;
    const { secrets: _, ...rest } = account;
    return left.length === 0 ? rest : { ...rest, secrets: left };
  };
  if (store.get(serviceAccountBucket, { cluster, namespace, name }) === undefined) return;
  await unlessOvertaken(writer.update(address, without));
}

/** Fills Secrets of type kubernetes.io/service-account-token with a token, and removes them with their account. */
export function accountTokens(deps: AccountTokenDeps): Reconcile {
  return async (key) => {
    if (key.bucket?.resource === serviceAccountBucket.resource) await reconcileAccount(deps, key);
    else if (key.bucket?.resource === LISTED.resource) await unlist(deps, key);
    else await reconcileSecret(deps, key);
    return done;
  };
}
