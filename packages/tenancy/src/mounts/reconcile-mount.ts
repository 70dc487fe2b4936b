import { objectAt, textAt } from '@kcp/api-machinery';
import { Pace, timestamp } from '@kcp/apiserver';
import { done, type Reconcile, type ReconcileKey } from '@kcp/controller';
import type { FollowedChange, ObjectReader, StoredObject } from '@kcp/object-store';
import { workspaces } from '../buckets.ts';
import { isIn, type ListStored } from '../content/content.ts';
import type { TenancyDeps } from '../controllers/deps.ts';
import { writeSettled } from '../controllers/write-settled.ts';
import { describeMounted } from './describe-mounted.ts';
import { mountObject, mountReference, refersTo } from './mount-reference.ts';

/** Objects that workspaces can refer to say so. Those of custom kinds need not. */
export const IS_MOUNT_ANNOTATION = 'experimental.tenancy.kcp.io/is-mount';

/** So many Workspaces are read at a time. */
const PAGE = 250;

const MARK = Buffer.from(`"${IS_MOUNT_ANNOTATION}"`);
const MOUNT = Buffer.from('"mount"');

const nothing: readonly ReconcileKey[] = [];

type Revision = StoredObject['revision'];

/** Of so many logical clusters it is remembered that none of their workspaces is mounted. */
const REMEMBERED = 1_000;

/**
 * What a change of any object may mean for mounted Workspaces: a Workspace stands for itself, an object that can be mounted for
 * those that refer to it. Called for every write of the server: most are passed by with one look at their bucket, and heartbeats of
 * mounts with a comparison.
 */
export function mountKeys(store: Pick<ObjectReader, 'generation'>) {
  return ({ kind, object, previous }: FollowedChange): readonly ReconcileKey[] => {
    if (isIn(object, workspaces.bucket))
      return kind === 'put' && object.json().includes(MOUNT) ? [ofBucket(object)] : nothing;
    const { cluster } = object.key;
    if (!mayBeMounted(object) || store.generation({ bucket: workspaces.bucket, cluster }) === 0) return nothing;
    const isSame = kind === 'put' && previous !== undefined && said(previous) === said(object);
    return isSame ? nothing : [ofBucket(object)];
  };
}

/** Groups of the server itself: of their kinds only what says so can be mounted. */
const OWN_GROUPS = /^$|^apps$|\.k8s\.io$|^(apis|cache|core|migration|tenancy|topology|internal)\.kcp\.io$/;

function mayBeMounted(object: StoredObject): boolean {
  return !OWN_GROUPS.test(object.bucket.group) || object.json().includes(MARK);
}

function ofBucket({ key, bucket }: StoredObject): ReconcileKey {
  return { ...key, bucket };
}

/** All that counts of a mount. */
function said(stored: StoredObject): string {
  const { metadata, ...object } = stored.decode();
  const status = objectAt({ ...object }, 'status');
  return JSON.stringify([metadata.uid, textAt(status, 'phase'), textAt(status, 'URL')]);
}

/** Tells mounted Workspaces what their mounts say. */
export function reconcileMount(deps: TenancyDeps, listStored: ListStored): Reconcile {
  const mountless = new Map<string, Revision>();
  return async (key) => {
    const isWorkspace = key.bucket === undefined || key.bucket.resource === workspaces.bucket.resource;
    for (const each of isWorkspace ? [key] : await referring(deps, mountless, key)) await tell(deps, listStored, each);
    return done;
  };
}

/** The Workspaces of a logical cluster that refer to an object, whether or not it is still there. */
async function referring(
  { store }: TenancyDeps,
  mountless: Map<string, Revision>,
  mount: ReconcileKey,
): Promise<readonly ReconcileKey[]> {
  const { cluster } = mount;
  const generation = store.generation({ bucket: workspaces.bucket, cluster });
  if (mountless.get(cluster) === generation) return nothing;
  let isMountless = true;
  const stored = mount.bucket && store.get(mount.bucket, mount)?.decode();
  const found: ReconcileKey[] = [];
  const pace = new Pace();
  let after: string | undefined;
  do {
    const page = store.page({ bucket: workspaces.bucket, cluster, limit: PAGE, ...(after !== undefined && { after }) });
    for (const workspace of page.objects) {
      if (!workspace.json().includes(MOUNT)) continue;
      const reference = mountReference(workspace.decode());
      if (reference) isMountless = false;
      const isMeant = reference && (stored ? refersTo(reference, stored) : reference.name === mount.name);
      if (isMeant === true) found.push(workspace.key);
    }
    after = page.next;
    if (pace.isOver) await pace.breathe();
  } while (after !== undefined);
  if (isMountless) remember(mountless, cluster, generation);
  return found;
}

function remember(mountless: Map<string, Revision>, cluster: string, generation: Revision): void {
  mountless.delete(cluster);
  mountless.set(cluster, generation);
  const [oldest] = mountless.keys();
  if (mountless.size > REMEMBERED && oldest !== undefined) mountless.delete(oldest);
}

async function tell(deps: TenancyDeps, listStored: ListStored, { cluster, name }: ReconcileKey): Promise<void> {
  const { store, clock } = deps;
  const workspace = store.get(workspaces.bucket, { cluster, namespace: '', name })?.decode();
  const reference = workspace && mountReference(workspace);
  if (!workspace || !reference || workspace.metadata.deletionTimestamp !== undefined) return;
  const mount = mountObject({ store, listStored }, cluster, reference)?.decode();
  const said = { mount, now: timestamp(clock.now()) };
  await writeSettled(
    deps,
    { cluster, namespace: '', name, resource: workspaces.resource },
    { current: workspace, settle: (old) => describeMounted(old, reference, said) },
  );
}
