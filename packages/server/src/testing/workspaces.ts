import { readFile } from 'node:fs/promises';
import type { JsonObject } from '@kcp/api-machinery';
import { tokenOfUser } from '../kubeconfig-file.ts';
import type { LoopbackClient } from '../loopback-client.ts';
import type { Server } from '../server.ts';

const VERSION = 'tenancy.kcp.io/v1alpha1';
const RBAC = 'rbac.authorization.k8s.io';

/** Creates an object of tenancy.kcp.io; `kind` as in WorkspaceType. */
export function createTenancy(client: LoopbackClient, kind: string, object: JsonObject): Promise<JsonObject> {
  return client.create(`/apis/${VERSION}/${kind.toLowerCase()}s`, { apiVersion: VERSION, kind, ...object });
}

/** Creates a workspace in root, of a type in root, and waits until it is ready. */
export async function createWorkspace(root: LoopbackClient, name: string, type = 'universal'): Promise<void> {
  await createTenancy(root, 'Workspace', { metadata: { name }, spec: { type: { name: type, path: 'root' } } });
  const selected = { fieldSelector: `metadata.name=${name}` };
  const done = new AbortController();
  for await (const event of root.watch(`/apis/${VERSION}/workspaces`, selected, done.signal)) {
    const { object } = event as { object: { status?: { phase?: string } } };
    if (object.status?.phase === 'Ready') break;
  }
  done.abort();
}

/** Gives a role to a user or a group in the logical cluster of the client. */
export function grant(
  client: LoopbackClient,
  role: string,
  { kind, name }: { readonly kind: 'User' | 'Group'; readonly name: string },
): Promise<JsonObject> {
  return client.create(`/apis/${RBAC}/v1/clusterrolebindings`, {
    metadata: { generateName: 'test-' },
    roleRef: { apiGroup: RBAC, kind: 'ClusterRole', name: role },
    subjects: [{ apiGroup: RBAC, kind, name }],
  });
}

/** The role that lets into a workspace. */
export const ACCESS = 'system:kcp:workspace:access';

/** The name of the logical cluster of the client. */
export async function clusterOf(client: LoopbackClient): Promise<string> {
  const { metadata } = (await client.get('/apis/core.kcp.io/v1alpha1/logicalclusters/cluster')) as {
    metadata: { annotations: Record<string, string> };
  };
  return metadata.annotations['kcp.io/cluster'] ?? '';
}

/** A client of the administrator of all workspaces, who comes through the ordinary chain of authorizers. */
export async function adminOf(server: Server, cluster: string): Promise<LoopbackClient> {
  return server.clientOf(tokenOfUser(await readFile(server.kubeconfig, 'utf8'), 'kcp-admin') ?? '', cluster);
}
