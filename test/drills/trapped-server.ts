import type { JsonObject } from '@kcp/api-machinery';
import type { WireAnswer } from '@kcp/testing';
import type { DrilledServer } from './drilled-server.ts';
import type { Tarpit, Trap } from './tarpit.ts';

const ADMISSION = 'apis/admissionregistration.k8s.io/v1/validatingwebhookconfigurations';

/** How a logical cluster is caught. */
export interface Caught {
  readonly cluster: string;
  readonly trap: Trap;
  readonly failurePolicy: 'Fail' | 'Ignore';
  readonly timeoutSeconds: number;
}

/** Where the ConfigMaps of a logical cluster are. */
export const mapsOf = (cluster: string): string => `/clusters/${cluster}/api/v1/namespaces/here/configmaps`;

/** Makes the namespace that the drill works in. */
export async function furnish(server: DrilledServer, cluster: string): Promise<void> {
  await server.create(`/clusters/${cluster}/api/v1/namespaces`, { metadata: { name: 'here' } });
}

/** Has the ConfigMaps of a logical cluster looked at by a webhook that is a trap. */
export async function trapMaps(server: DrilledServer, tarpit: Tarpit, caught: Caught): Promise<void> {
  const { cluster, trap, failurePolicy, timeoutSeconds } = caught;
  await server.create(`/clusters/${cluster}/${ADMISSION}`, {
    metadata: { name: 'trap' },
    webhooks: [
      {
        name: 'trap.example.com',
        clientConfig: { ...tarpit.clientConfig(trap) },
        sideEffects: 'None',
        admissionReviewVersions: ['v1'],
        rules: [{ operations: ['*'], apiGroups: [''], apiVersions: ['*'], resources: ['configmaps'] }],
        objectSelector: { matchLabels: { trapped: 'yes' } },
        failurePolicy,
        timeoutSeconds,
      },
    ],
  });
}

/** Makes a ConfigMap that the webhook looks at. */
export function createTrapped(server: DrilledServer, cluster: string, name: string): Promise<WireAnswer | undefined> {
  const body: JsonObject = { metadata: { name, labels: { trapped: 'yes' } } };
  return server.attempt(mapsOf(cluster), { method: 'POST', body });
}
