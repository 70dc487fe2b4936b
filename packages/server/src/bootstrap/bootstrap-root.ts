import { createHash, randomBytes } from 'node:crypto';
import { bindingMetadata, boundStatus, OwnExports } from '@kcp/api-sharing';
import { objectAt, textAt, type KubeObject } from '@kcp/api-machinery';
import { identitiesNamespace, identitySecret, rootApis, rootContent, rootLogicalCluster } from '@kcp/apis';
import { timestamp } from '@kcp/apiserver';
import { trackLegacyTokens } from '@kcp/builtins';
import { systemClock } from '@kcp/controller';
import { root } from '@kcp/logical-cluster';
import { logicalClusters, PATH_ANNOTATION, SHARD_ANNOTATION, storedLogicalCluster, shards } from '@kcp/tenancy';
import { ambient } from '../ambient.ts';
import { ensureAll, type EnsureDeps, type Wanted } from './ensure.ts';
import type { RootPlan } from './root-plan.ts';

const secrets = { group: '', resource: 'secrets' };

/**
 * What the root is born with: itself, the server's own APIs, exports of them, types of workspaces, roles, this shard. Later starts
 * make what is missing and bring up to date what is not left to its owner.
 */
export async function bootstrapRoot(
  store: EnsureDeps['store'],
  writer: EnsureDeps['writer'],
  plan: RootPlan,
): Promise<void> {
  const deps = { store, writer };
  await store.synced();
  const apis = rootApis();
  const ofKind = (kind: string): readonly KubeObject[] => apis.filter((object) => object.kind === kind);
  await ensureAll(deps, [
    rootItself(plan),
    ...['default', 'kube-system'].map(namespace),
    { object: identitiesNamespace },
  ]);
  const exported = ofKind('APIExport');
  await ensureAll(deps, [
    ...ofKind('APIResourceSchema').map((object) => ({ object })),
    ...exported.map(({ metadata }) => ({ object: identitySecret(metadata.name ?? '', newKey()) })),
  ]);
  await ensureAll(
    deps,
    exported.map((object) => withIdentity(deps, object)),
  );
  await ensureAll(
    deps,
    ofKind('APIBinding').map((object) => bound(deps, object)),
  );
  const content = rootContent({ batteries: plan.batteries, homeCreatorGroups: plan.homeCreatorGroups });
  await ensureAll(deps, [thisShard(plan), ...content.map((object) => ({ object }))]);
  await bringHome(deps, plan);
  await trackLegacyTokens({ store, writer, clock: systemClock });
}

function rootItself({ url, shard }: RootPlan): Wanted {
  const annotations = {
    ...rootLogicalCluster.metadata.annotations,
    [PATH_ANNOTATION]: root,
    [SHARD_ANNOTATION]: shard,
  };
  const object = { ...rootLogicalCluster, metadata: { ...rootLogicalCluster.metadata, annotations } };
  const lastTransitionTime = timestamp(ambient.clock());
  const conditions = [{ type: 'WorkspaceInitialized', status: 'True', lastTransitionTime }];
  return { object, status: { URL: `${url}/clusters/${root}`, phase: 'Ready', conditions } };
}

/** A root of an earlier version does not say of what type it is. */
async function bringHome({ store, writer }: EnsureDeps, plan: RootPlan): Promise<void> {
  const { annotations = {} } = rootItself(plan).object.metadata;
  const current = storedLogicalCluster(store, root)?.decode();
  const lacks = (object: KubeObject): boolean =>
    Object.keys(annotations).some((name) => object.metadata.annotations?.[name] === undefined);
  if (current === undefined || !lacks(current)) return;
  const address = { cluster: root, resource: logicalClusters.resource, namespace: '', name: 'cluster' };
  const named = (old: KubeObject): KubeObject => ({
    ...old,
    metadata: { ...old.metadata, annotations: { ...annotations, ...old.metadata.annotations } },
  });
  await writer.update(address, named);
}

function namespace(name: string): Wanted {
  const metadata = { name, annotations: { 'bootstrap.kcp.io/create-only': 'true' } };
  return { object: { apiVersion: 'v1', kind: 'Namespace', metadata } };
}

/** What tells the objects of an export's consumers from others' of the same name. */
function newKey(): string {
  return randomBytes(32).toString('hex');
}

function withIdentity({ store }: EnsureDeps, object: KubeObject): Wanted {
  const { name = '' } = object.metadata;
  const namespaceName = identitiesNamespace.metadata.name ?? '';
  const secret = store.get(secrets, { cluster: root, namespace: namespaceName, name })?.decode();
  const key = Buffer.from(textAt(objectAt(secret ?? {}, 'data'), 'key'), 'base64');
  const identityHash = createHash('sha256').update(key).digest('hex');
  const reference = { secretRef: { namespace: namespaceName, name } };
  const lastTransitionTime = timestamp(ambient.clock());
  return {
    object: { ...object, spec: { ...objectAt(object, 'spec'), identity: reference } },
    status: { identityHash, conditions: [{ type: 'IdentityValid', status: 'True', lastTransitionTime }] },
  };
}

function bound({ store }: EnsureDeps, object: KubeObject): Wanted {
  const reference = { path: root, name: object.metadata.name ?? '' };
  const resources = new OwnExports(store).resources(reference) ?? [];
  const metadata = { ...object.metadata, ...bindingMetadata(reference, root) };
  return { object: { ...object, metadata }, status: boundStatus(resources, timestamp(ambient.clock())) };
}

function thisShard({ shard, url }: RootPlan): Wanted {
  const { group, version } = shards.resource;
  const spec = { baseURL: url, externalURL: url, virtualWorkspaceURL: url };
  return {
    object: {
      apiVersion: `${group}/${version}`,
      kind: 'Shard',
      metadata: { name: shard, labels: { name: shard } },
      spec,
    },
  };
}
