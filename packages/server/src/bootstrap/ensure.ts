import {
  equal,
  parseApiVersion,
  type GroupVersionResource,
  type JsonObject,
  type KubeObject,
} from '@kcp/api-machinery';
import { CREATE_ONLY } from '@kcp/apis';
import { commitAll, type PreparingWriter, type PreparedWrite } from '@kcp/apiserver';
import { root } from '@kcp/logical-cluster';
import type { ObjectWriter } from '@kcp/object-store';

/** An object that root is to have, and what the server knows of its state when it makes it. */
export interface Wanted {
  readonly object: KubeObject;
  readonly status?: JsonObject;
}

/** What root's content is written with. */
export interface EnsureDeps {
  readonly store: ObjectWriter;
  readonly writer: PreparingWriter;
}

/** So many objects go in one commit. */
const BATCH = 30;

/** Plural names of the kinds that root begins with. */
const PLURALS: Readonly<Record<string, string>> = {
  APIBinding: 'apibindings',
  APIExport: 'apiexports',
  APIResourceSchema: 'apiresourceschemas',
  ClusterRole: 'clusterroles',
  ClusterRoleBinding: 'clusterrolebindings',
  LogicalCluster: 'logicalclusters',
  Namespace: 'namespaces',
  Secret: 'secrets',
  ServiceAccount: 'serviceaccounts',
  Shard: 'shards',
  WorkspaceType: 'workspacetypes',
};

/**
 * Makes what is missing, in as few commits as can be, and brings the rest to what this version of the server says; what is marked
 * create-only is left to its owner. Where another server did the same meanwhile, what it made counts.
 */
export async function ensureAll(deps: EnsureDeps, wanted: readonly Wanted[]): Promise<void> {
  const missing: Wanted[] = [];
  for (const each of wanted) {
    if (deps.store.get(bucketOf(each.object), keyOf(each.object)) === undefined) missing.push(each);
    else await update(deps, each.object);
  }
  for (let at = 0; at < missing.length; at += BATCH) await create(deps, missing.slice(at, at + BATCH));
}

async function create(deps: EnsureDeps, missing: readonly Wanted[]): Promise<void> {
  const prepared: PreparedWrite[] = [];
  for (const { object, status } of missing) {
    const { apiVersion: _, kind: __, ...body } = object;
    const { namespace = '' } = object.metadata;
    prepared.push(
      await deps.writer.prepareCreate({ cluster: root, resource: resourceOf(object), namespace }, body, status),
    );
  }
  const outcome = await commitAll(deps.store, prepared);
  if (outcome.kind === 'committed' || missing.length === 1) return;
  for (const each of missing) await create(deps, [each]);
}

async function update({ store, writer }: EnsureDeps, object: KubeObject): Promise<void> {
  const current = store.get(bucketOf(object), keyOf(object))?.decode();
  if (current === undefined || CREATE_ONLY in { ...current.metadata.annotations, ...object.metadata.annotations })
    return;
  const { apiVersion: _, kind: __, metadata: ___, ...body } = object;
  const differs = (old: KubeObject): boolean =>
    Object.entries(body).some(([field, value]) => !equal(value ?? null, old[field] ?? null));
  if (!differs(current)) return;
  const address = { ...keyOf(object), resource: resourceOf(object) };
  await writer.update(address, (old) => (differs(old) ? { ...old, ...body } : old));
}

function resourceOf({ apiVersion, kind }: KubeObject): GroupVersionResource {
  const parsed = parseApiVersion(apiVersion);
  const resource = PLURALS[kind];
  if (parsed === undefined || resource === undefined) throw new Error(`root begins with no ${kind}`);
  return { ...parsed, resource };
}

function bucketOf(object: KubeObject): { readonly group: string; readonly resource: string } {
  const { group, resource } = resourceOf(object);
  return { group, resource };
}

function keyOf({ metadata: { namespace = '', name = '' } }: KubeObject): Parameters<ObjectWriter['get']>[1] {
  return { cluster: root, namespace, name };
}
