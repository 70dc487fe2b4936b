import { isObject, own, type JsonObject } from '@kcp/api-machinery';
import { createLogicalCluster, startTestServer, type TestServer } from '@kcp/testing';
import { sample, sampleName, widgetDefinition } from './sample.ts';
import { collectionPath, discover, isStored, kindName, text, type ServedKind } from './served-kind.ts';

/** The logical cluster of those who try, and the one that is none of their business. */
export const HOME = 'home';
export const OTHER = 'other';
/** The namespace, and the name of one object of every kind, that both have. */
export const NAMESPACE = 'shared';
export const NAME = 'same';

/** What stands in every object of a cluster: whoever reads it has seen the cluster. */
export function markOf(cluster: string): string {
  return `this-is-${cluster}`;
}

/** A server with two logical clusters that have the same names in them. */
export interface TwoClusters extends AsyncDisposable {
  readonly server: TestServer;
  /** All resources that both serve. */
  readonly kinds: readonly ServedKind[];
  /** Those whose objects are stored. */
  readonly stored: readonly ServedKind[];
}

/**
 * Starts a server; user-1 and the service account `worker` may do everything in one cluster, user-2 in the other. Of every
 * kind there is one object of the same name in each.
 */
export async function startTwoClusters(): Promise<TwoClusters> {
  const server = await startTestServer();
  for (const cluster of [HOME, OTHER]) await prepare(server, cluster, cluster === HOME ? 'user-1' : 'user-2');
  const kinds = await discover((path) => server.client(HOME).get(path));
  const stored = kinds.filter(isStored).filter(isFirstVersion);
  for (const cluster of [HOME, OTHER]) for (const kind of stored) await createSample(server, cluster, kind);
  return { server, kinds, stored, [Symbol.asyncDispose]: () => server[Symbol.asyncDispose]() };
}

/** Versions of a kind show the same objects. */
function isFirstVersion(kind: ServedKind, at: number, all: readonly ServedKind[]): boolean {
  return all.findIndex((other) => kindName(other) === kindName(kind)) === at;
}

async function prepare(server: TestServer, cluster: string, user: string): Promise<void> {
  const client = server.client(cluster);
  await createLogicalCluster(client, { labels: { sample: 'yes' }, annotations: { mark: markOf(cluster) } });
  for (const name of ['default', NAMESPACE]) await client.create('/api/v1/namespaces', { metadata: { name } });
  await client.create(`/api/v1/namespaces/${NAMESPACE}/serviceaccounts`, { metadata: { name: 'worker' } });
  await client.create('/apis/rbac.authorization.k8s.io/v1/clusterrolebindings', {
    metadata: { name: 'owners' },
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'cluster-admin' },
    subjects: [
      { apiGroup: 'rbac.authorization.k8s.io', kind: 'User', name: user },
      { kind: 'ServiceAccount', name: 'worker', namespace: NAMESPACE },
    ],
  });
  await client.create('/apis/apiextensions.k8s.io/v1/customresourcedefinitions', widgetDefinition);
  await until(async () => (await server.wire(cluster).request('/apis/example.com/v1/widgets')).status === 200);
}

async function createSample(server: TestServer, cluster: string, kind: ServedKind): Promise<void> {
  if (sampleName(kind, NAME) === 'cluster') return;
  const path = collectionPath(kind, NAMESPACE);
  const object = sample(kind, { name: NAME, namespace: NAMESPACE, mark: markOf(cluster) });
  // events are one resource in two groups
  if (kind.group === 'events.k8s.io') return;
  await server.client(cluster).create(path, object);
}

/** Waits until something is so; rejects after ten seconds. */
export async function until(holds: () => Promise<boolean>): Promise<void> {
  const deadline = performance.now() + 10_000;
  while (!(await holds())) {
    if (performance.now() > deadline) throw new Error('it did not come to that in time');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

/** All objects of all kinds in a logical cluster, as its lists show them, one line each. */
export async function inventory({ server, stored }: TwoClusters, cluster: string): Promise<readonly string[]> {
  const lines: string[] = [];
  for (const kind of stored) {
    const { text: body } = await server.wire(cluster).request(collectionPath(kind));
    lines.push(body.replace(/"resourceVersion":"\d+"\}?,"items"/, '"items"'));
  }
  return lines;
}

/** The metadata of an object. */
export function metadataOf(object: JsonObject): JsonObject {
  const metadata = own(object, 'metadata');
  return isObject(metadata) ? metadata : {};
}

/** The logical cluster that an object says it is in. */
export function homeOf(object: JsonObject): string {
  const annotations = own(metadataOf(object), 'annotations');
  return isObject(annotations) ? text(annotations, 'kcp.io/cluster') : '';
}
