import { isArray, isObject, objectAt, textAt, type JsonObject, type KubeObject } from '@kcp/api-machinery';
import { openWire, type TestServer, type Wire, type WireAnswer } from '@kcp/testing';

/** Workspaces and their types. */
export const workspaces = '/apis/tenancy.kcp.io/v1alpha1/workspaces';
export const workspaceTypes = '/apis/tenancy.kcp.io/v1alpha1/workspacetypes';
/** The LogicalCluster of the logical cluster that is asked. */
export const logicalCluster = '/apis/core.kcp.io/v1alpha1/logicalclusters/cluster';

/** A client of a path as kcp-admin: through the ordinary chain, not around it. */
export function kcpAdmin({ server }: TestServer, path: string): Wire {
  const headers = { 'impersonate-user': 'kcp-admin', 'impersonate-group': 'system:kcp:admin' };
  const wire = openWire({
    url: `${server.url}/clusters/${path}`,
    token: 'admin-token',
    authority: server.certificateAuthority,
  });
  const withUser = (options: Parameters<Wire['request']>[1] = {}): Parameters<Wire['request']>[1] => ({
    ...options,
    headers: { ...headers, ...options.headers },
  });
  return { ...wire, request: (at, options) => wire.request(at, withUser(options)) };
}

/** Makes a workspace and waits until it is ready, by a watch; its Workspace. */
export async function makeWorkspace(
  server: TestServer,
  parent: string,
  { name, type = { name: 'universal', path: 'root' }, ...spec }: { name: string; type?: JsonObject } & JsonObject,
): Promise<KubeObject> {
  using admin = kcpAdmin(server, parent);
  const { status, text } = await admin.request(workspaces, {
    method: 'POST',
    body: { apiVersion: 'tenancy.kcp.io/v1alpha1', kind: 'Workspace', metadata: { name }, spec: { type, ...spec } },
  });
  if (status !== 201) throw new Error(`${parent}:${name}: ${status} ${text}`);
  return until(server, parent, name, (object) => textAt(objectAt(object, 'status'), 'phase') === 'Ready');
}

/** Waits until a Workspace is as wanted. */
export async function until(
  server: TestServer,
  parent: string,
  name: string,
  isSo: (object: KubeObject) => boolean,
): Promise<KubeObject> {
  const client = server.client(parent);
  const signal = AbortSignal.timeout(20_000);
  for await (const event of client.watch(workspaces, { fieldSelector: `metadata.name=${name}` }, signal)) {
    const object = objectAt(event, 'object') as unknown as KubeObject;
    if (isSo(object)) return object;
  }
  throw new Error(`${parent}:${name} did not become as wanted`);
}

/** Waits until a Workspace is gone. */
export async function gone(server: TestServer, parent: string, name: string): Promise<void> {
  const client = server.client(parent);
  const signal = AbortSignal.timeout(20_000);
  const { items, metadata } = await client.get(workspaces);
  const isThere = isArray(items) && items.some((item) => isObject(item) && nameOf(item) === name);
  if (!isThere) return;
  const resourceVersion = isObject(metadata) ? textAt(metadata, 'resourceVersion') : '';
  const since = { fieldSelector: `metadata.name=${name}`, resourceVersion };
  for await (const event of client.watch(workspaces, since, signal)) if (event['type'] === 'DELETED') return;
  throw new Error(`${parent}:${name} did not go`);
}

/** The name of an object of a list. */
export function nameOf(item: JsonObject): string {
  return textAt(objectAt(item, 'metadata'), 'name');
}

/** The names in an answer that is a list. */
export function namesIn({ object }: WireAnswer): readonly string[] {
  const { items } = object;
  return isArray(items) ? items.filter(isObject).map(nameOf) : [];
}
