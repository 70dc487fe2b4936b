import {
  mutatingAdmissionPolicy,
  mutatingWebhooks,
  Patience,
  validatingAdmissionPolicy,
  validatingWebhooks,
  type AdmissionPlugin,
} from '@kcp/admission';
import { inProcessWriter, type Catalog, type InProcessWriter } from '@kcp/apiserver';
import { rbac, type Authorizer, type RuleSource } from '@kcp/auth';
import { builtinResources, certificateAdmission, namespaceLifecycle } from '@kcp/builtins';
import { systemClock } from '@kcp/controller';
import { root } from '@kcp/logical-cluster';
import { openObjectStore, type ObjectWriter } from '@kcp/object-store';
import { createOutbound, type Outbound } from '@kcp/outbound';
import { openMemoryStore } from '@kcp/storage';
import { silentLogger, silentMeter } from '@kcp/telemetry';

/** A create through the write path, in process and into memory. */
export interface MeasuredCreate {
  readonly name: string;
  readonly run: () => Promise<unknown>;
}

const NAMESPACE = 'demo';
const USER = { name: 'bench', uid: '', groups: ['system:authenticated'], extra: {} };

/**
 * Creates of a ConfigMap of 0.7 KB in a logical cluster where neither a webhook nor a policy is configured: through the bare write
 * path, and through it with every plug-in that a server asks. The difference is what admission costs those who do not use it.
 */
export async function withAdmissionCreates(measure: (creates: readonly MeasuredCreate[]) => Promise<void>) {
  await using outbound = createOutbound();
  using store = openObjectStore({
    backend: await openMemoryStore(),
    logger: silentLogger,
    meter: silentMeter,
    clock: systemClock,
  });
  const catalog = builtinCatalog(store);
  const writer = (admission: readonly AdmissionPlugin[]): InProcessWriter => {
    const parts = { store, admission, random: Math.random, newUid: () => crypto.randomUUID(), catalog };
    return inProcessWriter({ ...parts, clock: Date.now }, USER);
  };
  const bare = writer([]);
  const namespaces = { group: '', version: 'v1', resource: 'namespaces' };
  await bare.create({ cluster: root, namespace: '', resource: namespaces }, { metadata: { name: NAMESPACE } });
  await measure([
    { name: 'write path: create, no admission', run: creating(bare) },
    {
      name: 'write path: create, all plug-ins, nothing configured',
      run: creating(writer(plugins({ store, outbound }))),
    },
  ]);
}

/** The plug-ins in the server's order. */
function plugins({ store, outbound }: { readonly store: ObjectWriter; readonly outbound: Outbound }) {
  const patience = new Patience({ isOwn: () => false, clock: Date.now });
  const webhooks = {
    store,
    authorize: denied,
    outbound,
    newUid: () => crypto.randomUUID(),
    clock: Date.now,
    patience,
  };
  const resources = { kind: () => Promise.resolve(undefined), fields: () => undefined };
  const policies = { store, resources, authorize: denied };
  return [
    namespaceLifecycle(store),
    ...certificateAdmission(denied),
    mutatingAdmissionPolicy(policies),
    mutatingWebhooks(webhooks),
    validatingAdmissionPolicy(policies),
    validatingWebhooks(webhooks),
  ];
}

const denied: Authorizer = () => ({ kind: 'deny', reason: 'nobody may' });

function builtinCatalog(store: ObjectWriter): Catalog {
  const noTokens = (): never => {
    throw new Error('no tokens are issued here');
  };
  const groups = builtinResources({
    store,
    issuer: { bound: noTokens, legacy: noTokens },
    audiences: [],
    authorize: denied,
    authorizeInside: denied,
    authenticate: noTokens,
    rbac: rbac({ source: noRules }),
  });
  const core = new Map(groups[0]?.versions[0]?.resources.map((resource) => [resource.gvr.resource, resource]));
  const find = (group: string, _version: string, resource: string) => (group === '' ? core.get(resource) : undefined);
  return { of: () => ({ tag: '', groups, find }), across: find };
}

const noRules: RuleSource = {
  generation: () => 0,
  roleBindings: () => [],
  role: () => undefined,
  clusterRole: () => undefined,
  clusterRoleBindings: () => [],
};

function creating(writer: InProcessWriter): () => Promise<unknown> {
  const resource = { group: '', version: 'v1', resource: 'configmaps' };
  const address = { cluster: root, namespace: NAMESPACE, resource };
  const data = { payload: 'x'.repeat(700) };
  return () => writer.create(address, { metadata: { generateName: 'made-', labels: { app: 'bench' } }, data });
}
