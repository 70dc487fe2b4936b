import type { AdmissionAttributes, AdmissionPlugin } from '@kcp/admission';
import { objectAt, objectsAt, optionalObjectAt, textAt, type JsonObject } from '@kcp/api-machinery';
import type { Authorizer } from '@kcp/auth';
import { parsePath, root, type LogicalCluster } from '@kcp/logical-cluster';
import type { ObjectReader } from '@kcp/object-store';
import { workspaceTypes } from '../buckets.ts';
import { storedLogicalCluster } from '../cluster/logical-cluster.ts';
import { resolvePath } from '../cluster/resolve-path.ts';
import { isAbout, refused } from './subject.ts';

/** Names that no type may have. */
const RESERVED: ReadonlySet<string> = new Set(['any', 'system']);

/** What types are checked with. */
export interface WorkspaceTypeChecks {
  readonly store: Pick<ObjectReader, 'get'>;
  /** May they, were they let in: exports are bound from outside their workspace. */
  readonly authorizeInside: Authorizer;
}

/**
 * References of a WorkspaceType say where they lead, and who writes one may bind the exports that its workspaces get (kcp's
 * tenancy.kcp.io/WorkspaceType and ReservedNames).
 */
export function workspaceTypeAdmission(checks: WorkspaceTypeChecks): AdmissionPlugin {
  return {
    name: 'tenancy.kcp.io/WorkspaceType',
    // before validation, which would say it otherwise
    mutate: (attributes) => {
      const { object, operation } = attributes;
      const called = object?.metadata.name ?? '';
      if (operation === 'CREATE' && isAbout(attributes, workspaceTypes) && RESERVED.has(called))
        throw refused(attributes, `metadata.name: Invalid value: ${JSON.stringify(called)}: name is reserved`);
      return object;
    },
    validate: async (attributes) => {
      const { operation, object, cluster, name } = attributes;
      const isWrite = operation === 'CREATE' || operation === 'UPDATE';
      if (!isAbout(attributes, workspaceTypes) || !isWrite || object === undefined) return;
      const called = object.metadata.name ?? name;
      if (called === 'root' && cluster !== root)
        throw refused(attributes, 'root workspace type can only be created in root cluster');
      const spec = objectAt(object, 'spec');
      const why = pathless(spec);
      if (why !== undefined) throw refused(attributes, why);
      await mayBind(checks, attributes, spec);
    },
  };
}

function pathless(spec: JsonObject): string | undefined {
  const child = optionalObjectAt(spec, 'defaultChildWorkspaceType');
  if (child && textAt(child, 'path') === '') return '.spec.defaultChildWorkspaceType.path must be set';
  for (const field of ['limitAllowedChildren', 'limitAllowedParents'] as const) {
    const at = objectsAt(objectAt(spec, field), 'types').findIndex((type) => textAt(type, 'path') === '');
    if (at >= 0) return `.spec.${field}.types[${at}].path must be set`;
  }
  return undefined;
}

interface ExportReference {
  readonly path: string;
  readonly name: string;
}

function bindingsOf(spec: JsonObject): readonly ExportReference[] {
  return objectsAt(spec, 'defaultAPIBindings').map((item) => ({
    path: textAt(item, 'path'),
    name: textAt(item, 'export'),
  }));
}

/** What was there before was allowed before. */
async function mayBind(checks: WorkspaceTypeChecks, attributes: AdmissionAttributes, spec: JsonObject): Promise<void> {
  const key = ({ path, name }: ExportReference): string => `${path}:${name}`;
  const { oldObject } = attributes;
  const before = new Set(oldObject ? bindingsOf(objectAt(oldObject, 'spec')).map(key) : []);
  for (const reference of bindingsOf(spec)) {
    if (before.has(key(reference))) continue;
    const cluster = reference.path === '' ? attributes.cluster : clusterAt(checks.store, reference.path);
    if (cluster !== undefined && (await may(checks, attributes, { cluster, name: reference.name }))) continue;
    const named = reference.path === '' ? reference.name : key(reference);
    throw refused(attributes, `unable to create or update WorkspaceType: no permission to bind to export ${named}`);
  }
}

/** Whether there is such a place, and whether one may: both are refused in the same words. */
function clusterAt(store: Pick<ObjectReader, 'get'>, path: string): LogicalCluster | undefined {
  const parsed = parsePath(path);
  const cluster = parsed && resolvePath(store, parsed);
  return cluster && storedLogicalCluster(store, cluster) ? cluster : undefined;
}

async function may(
  { authorizeInside }: WorkspaceTypeChecks,
  { user }: AdmissionAttributes,
  { cluster, name }: { readonly cluster: LogicalCluster; readonly name: string },
): Promise<boolean> {
  const decision = await authorizeInside({
    kind: 'resource',
    user,
    cluster,
    verb: 'bind',
    group: 'apis.kcp.io',
    version: 'v1alpha1',
    resource: 'apiexports',
    subresource: '',
    namespace: '',
    name,
  });
  return decision.kind === 'allow';
}
