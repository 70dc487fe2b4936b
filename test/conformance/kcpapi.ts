import { openWire } from '@kcp/testing';
import type { ScenarioServer } from '../scenario-server.ts';

/** The scenarios of kcp's own APIs that need no exports of tenants. */
export const workspaceScenarios: readonly string[] = [
  'access',
  'cluster-routing',
  'logicalcluster',
  'workspace-deletion-held',
  'workspace-lifecycle',
  'workspace-types',
  'workspace-validation',
].map((name) => `kcpapi/${name}`);

/** Makes the workspace `root:kcpapi` that these scenarios begin in, and waits until it is ready. */
export async function makeWorkspaceForScenarios({
  process: { url, certificateAuthority },
}: ScenarioServer): Promise<void> {
  const workspaces = '/clusters/root/apis/tenancy.kcp.io/v1alpha1/workspaces';
  const headers = { 'impersonate-user': 'kcp-admin', 'impersonate-group': 'system:kcp:admin' };
  using wire = openWire({ url, token: 'admin-token', authority: certificateAuthority });
  const type = { name: 'organization', path: 'root' };
  const body = {
    apiVersion: 'tenancy.kcp.io/v1alpha1',
    kind: 'Workspace',
    metadata: { name: 'kcpapi' },
    spec: { type },
  };
  const { status, text } = await wire.request(workspaces, { method: 'POST', headers, body });
  if (status !== 201 && status !== 409) throw new Error(`root:kcpapi: ${status} ${text}`);
  const until = performance.now() + 30_000;
  while (!(await wire.request(`${workspaces}/kcpapi`)).text.includes('"phase": "Ready"') && performance.now() < until);
}
