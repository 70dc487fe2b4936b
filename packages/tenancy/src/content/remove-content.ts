import { breathe, unlessOvertaken, type PreparedWrite, type ServedResource } from '@kcp/apiserver';
import { listAt, objectAt, type KubeObject } from '@kcp/api-machinery';
import type { LogicalCluster } from '@kcp/logical-cluster';
import { bucketPrefix, type Bucket, type ObjectWriter, type StoredObject } from '@kcp/object-store';
import { apiBindings, namespaces } from '../buckets.ts';
import type { TenancyDeps } from '../controllers/deps.ts';
import { firstObjects, isIn, kindsOf, type ListStored, type StoredKind } from './content.ts';

/** So many objects go in one commit: each takes a row of its own and one for each of its owners. */
const BATCH = 40;

/** Finalizers of the server itself: what they wait for is what is being removed here. */
const OWN_FINALIZERS: ReadonlySet<string> = new Set([
  'customresourcecleanup.apiextensions.k8s.io',
  'apis.kcp.io/apibinding-finalizer',
]);

const definitions = { group: 'apiextensions.k8s.io', resource: 'customresourcedefinitions' };

/** What is left, by kind and by what it waits for; empty where all is gone. */
export interface Remaining {
  readonly byResource: ReadonlyMap<string, number>;
  readonly byFinalizer: ReadonlyMap<string, number>;
}

/**
 * Removes what is in a logical cluster, in commits of bounded size. Objects that somebody holds are asked to go, as a client would
 * ask, and are counted; what nothing serves any more nobody can let go of: it goes whoever holds it. Namespaces go after what is in
 * them, definitions and bindings after their objects.
 */
export async function removeContent(
  deps: Pick<TenancyDeps, 'store' | 'writer'>,
  cluster: LogicalCluster,
  kinds: readonly StoredKind[],
): Promise<Remaining> {
  await endNamespaces(deps, cluster);
  const held: StoredObject[] = [];
  for (const group of inOrder(kinds)) {
    for (const kind of group) held.push(...(await removeKind(deps, cluster, kind)));
    if (held.length > 0) break;
  }
  return count(held, kinds);
}

/** Nothing new comes into a namespace that ends. */
async function endNamespaces(
  { store, writer }: Pick<TenancyDeps, 'store' | 'writer'>,
  cluster: LogicalCluster,
): Promise<void> {
  let after: string | undefined;
  do {
    const page = store.page({
      bucket: namespaces.bucket,
      cluster,
      limit: BATCH,
      ...(after !== undefined && { after }),
    });
    for (const { key, isTerminating } of page.objects)
      if (!isTerminating) await unlessOvertaken(writer.remove({ ...key, resource: namespaces.resource }));
    after = page.next;
  } while (after !== undefined);
}

/** Objects first, then what makes them possible. */
function inOrder(kinds: readonly StoredKind[]): readonly (readonly StoredKind[])[] {
  const last = [namespaces.bucket, definitions, apiBindings.bucket];
  const rank = ({ bucket, served }: StoredKind): number => {
    const at = last.findIndex(({ group, resource }) => bucket.group === group && bucket.resource === resource);
    return at >= 0 ? 2 + at : served === undefined || served.namespaced ? 0 : 1;
  };
  return [0, 1, 2, 3, 4].map((wanted) => kinds.filter((kind) => rank(kind) === wanted));
}

async function removeKind(
  deps: Pick<TenancyDeps, 'store' | 'writer'>,
  cluster: LogicalCluster,
  kind: StoredKind,
): Promise<readonly StoredObject[]> {
  const { served } = kind;
  const held: StoredObject[] = [];
  let after: string | undefined;
  do {
    // one page in a turn of the event loop, of however many logical clusters that end at a time
    await breathe();
    const page = deps.store.page({ bucket: kind.bucket, cluster, limit: BATCH, ...(after !== undefined && { after }) });
    const kept = served === undefined ? [] : page.objects.filter(isHeld);
    await removeRows(
      deps.store,
      page.objects.filter((stored) => !kept.includes(stored)),
    );
    if (served !== undefined) held.push(...(await askToGo(deps, served, kept)));
    after = page.next;
  } while (after !== undefined);
  return held;
}

/** Asks a page of objects to go, all at once: their commits become durable together. Those that are still there. */
async function askToGo(
  { store, writer }: Pick<TenancyDeps, 'store' | 'writer'>,
  { gvr }: ServedResource,
  page: readonly StoredObject[],
): Promise<readonly StoredObject[]> {
  const asked = page.map(async (stored) => {
    if (stored.isTerminating) return stored;
    await unlessOvertaken(writer.remove({ ...stored.key, resource: gvr }));
    return store.get(stored.bucket, stored.key);
  });
  return (await Promise.all(asked)).filter((stored) => stored !== undefined);
}

/** True where somebody else than the server has to let go first. */
export function isHeld(stored: StoredObject): boolean {
  if (!stored.hasFinalizers && !isIn(stored, namespaces.bucket)) return false;
  return holders(stored).length > 0;
}

function holders(stored: StoredObject): readonly string[] {
  const named = stored.finalizers.filter((name) => !OWN_FINALIZERS.has(name));
  return isIn(stored, namespaces.bucket) ? [...named, ...contentHolders(stored.decode())] : named;
}

/** Of a namespace also what its spec names, beside the server's own. */
function contentHolders(namespace: KubeObject): readonly string[] {
  return listAt(objectAt(namespace, 'spec'), 'finalizers')
    .filter((name) => typeof name === 'string')
    .filter((name) => name !== 'kubernetes');
}

/**
 * Removes rows in one commit, together with a further write if there is one. Where somebody was faster the rows go one by one, and what changed
 * stays for the next time, as does the further write.
 */
export async function removeRows(
  store: ObjectWriter,
  rows: readonly StoredObject[],
  further?: PreparedWrite,
): Promise<boolean> {
  if (rows.length === 0) return true;
  const writes = rows.map((stored) => ({
    kind: 'delete' as const,
    bucket: stored.bucket,
    key: stored.key,
    expected: stored.revision,
    previous: stored,
  }));
  const together = further === undefined ? writes : [...writes, further.write];
  const outcome = await store.commit(together, further?.conditions);
  if (outcome.kind === 'committed') return true;
  for (const write of together.length === 1 ? [] : writes) await store.commit([write]);
  return false;
}

function count(held: readonly StoredObject[], kinds: readonly StoredKind[]): Remaining {
  const byResource = new Map<string, number>();
  const byFinalizer = new Map<string, number>();
  for (const stored of held) {
    const kind = kinds.find(({ bucket }) => isIn(stored, bucket));
    add(byResource, `${stored.bucket.resource}.${kind?.served?.gvr.group ?? stored.bucket.group}`);
    for (const name of holders(stored)) add(byFinalizer, name);
  }
  return { byResource, byFinalizer };
}

function add(counts: Map<string, number>, name: string): void {
  counts.set(name, (counts.get(name) ?? 0) + 1);
}

/** All that is in some places of a logical cluster, where it fits into one commit and nobody holds any of it; undefined otherwise. */
export function removableAtOnce(
  store: ObjectWriter,
  cluster: LogicalCluster,
  { buckets, listStored }: { readonly buckets: readonly Bucket[]; readonly listStored: ListStored },
): readonly StoredObject[] | undefined {
  const rows = firstObjects(store, cluster, { buckets, limit: BATCH });
  if (rows.length >= BATCH) return undefined;
  const held = rows.filter(isHeld);
  if (held.length === 0) return rows;
  const kinds = kindsOf(buckets, cluster, listStored);
  const served = new Set(kinds.flatMap((kind) => (kind.served ? [bucketPrefix(kind.bucket)] : [])));
  return held.some((stored) => served.has(bucketPrefix(stored.bucket))) ? undefined : rows;
}
