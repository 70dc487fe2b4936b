import type { AdmissionAttributes, AdmissionPlugin } from '@kcp/admission';
import { objectAt, optionalObjectAt, textAt, type KubeObject } from '@kcp/api-machinery';
import type { Authorizer } from '@kcp/auth';
import type { ObjectReader } from '@kcp/object-store';
import { workspaces, workspaceTypes } from '../buckets.ts';
import { pathOf, storedLogicalCluster } from '../cluster/logical-cluster.ts';
import { childRefusals, parentRefusals, type Lineage } from '../type/allowed-types.ts';
import { resolveType, TypeRefusal, withExtended } from '../type/resolve-type.ts';
import {
  findType,
  parseQualified,
  qualified,
  typeNotFound,
  typeReference,
  type FoundType,
  type TypeReference,
} from '../type/workspace-type.ts';
import { TYPE_ANNOTATION } from '../well-known.ts';
import { isAbout, refused } from './subject.ts';

/** What the types of workspaces are checked with. */
export interface TypeChecks {
  readonly store: Pick<ObjectReader, 'get'>;
  /** May they, were they let in: types are used from outside their workspace. */
  readonly authorizeInside: Authorizer;
}

/**
 * A Workspace has a type that there is, that its maker may use, and that goes with its parent's; without one it has the parent
 * type's default (kcp's tenancy.kcp.io/WorkspaceTypeExists).
 */
export function workspaceTypeExists(checks: TypeChecks): AdmissionPlugin {
  const concerned = (attributes: AdmissionAttributes): KubeObject | undefined => {
    const { operation, object, subresource } = attributes;
    if (operation !== 'CREATE' || subresource !== '' || object === undefined) return undefined;
    const isMounted = optionalObjectAt(objectAt(object, 'spec'), 'mount') !== undefined;
    return isAbout(attributes, workspaces) && !isMounted ? object : undefined;
  };
  return {
    name: 'tenancy.kcp.io/WorkspaceTypeExists',
    mutate: (attributes) => {
      const object = concerned(attributes);
      return object ? asRefusal(attributes, () => withType(checks, attributes, object)) : attributes.object;
    },
    validate: async (attributes) => {
      const object = concerned(attributes);
      if (object) await asRefusal(attributes, () => checkType(checks, attributes, object));
    },
  };
}

function asRefusal<T>(attributes: AdmissionAttributes, work: () => T): T {
  const translate = (error: unknown): never => {
    throw error instanceof TypeRefusal ? refused(attributes, error.message) : error;
  };
  try {
    const done = work();
    return done instanceof Promise ? (done.catch(translate) as T) : done;
  } catch (error) {
    return translate(error);
  }
}

function parentOf({ store }: TypeChecks, { cluster }: AdmissionAttributes): KubeObject {
  const parent = storedLogicalCluster(store, cluster)?.decode();
  if (parent) return parent;
  throw new TypeRefusal('workspace type cannot be resolved: logicalclusters.core.kcp.io "cluster" not found');
}

/** The type of the logical cluster that the workspace is made in, by its annotation. */
function parentType({ store }: TypeChecks, parent: KubeObject): { readonly type: FoundType; readonly named: string } {
  const named = parent.metadata.annotations?.[TYPE_ANNOTATION];
  if (named === undefined) throw new TypeRefusal(`annotation ${TYPE_ANNOTATION} on LogicalCluster must be set`);
  const reference = parseQualified(named);
  if (!reference)
    throw new TypeRefusal(`annotation ${TYPE_ANNOTATION} on LogicalCluster must be in the form of cluster:name`);
  const type = findType(store, reference);
  if (!type) throw new TypeRefusal(`parent type cannot be resolved: ${typeNotFound(reference).message}`);
  return { type, named };
}

function withType(checks: TypeChecks, attributes: AdmissionAttributes, object: KubeObject): KubeObject {
  const spec = objectAt(object, 'spec');
  const parent = parentOf(checks, attributes);
  const reference = typeReference(spec, 'type') ?? defaultType(checks, parent);
  const type = resolveType(checks.store, reference, pathOf(parent, attributes.cluster));
  const path = reference.path === '' ? type.path : reference.path;
  const labelled = withLabels(object, objectAt(objectAt(type.object, 'spec'), 'additionalWorkspaceLabels'));
  return { ...labelled, spec: { ...spec, type: { name: reference.name, path } } };
}

function defaultType(checks: TypeChecks, parent: KubeObject): TypeReference {
  const { type, named } = parentType(checks, parent);
  const reference = typeReference(objectAt(type.object, 'spec'), 'defaultChildWorkspaceType');
  if (reference) return reference;
  throw new TypeRefusal(`spec.defaultChildWorkspaceType of workspace type ${named} must be set`);
}

/** Labels of the type, where the workspace has none of that name. */
function withLabels(object: KubeObject, labels: Readonly<Record<string, unknown>>): KubeObject {
  const more = Object.entries(labels).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  if (more.length === 0) return object;
  return {
    ...object,
    metadata: { ...object.metadata, labels: { ...Object.fromEntries(more), ...object.metadata.labels } },
  };
}

async function checkType(checks: TypeChecks, attributes: AdmissionAttributes, object: KubeObject): Promise<void> {
  const { store } = checks;
  const spec = objectAt(object, 'spec');
  const reference = { path: textAt(objectAt(spec, 'type'), 'path'), name: textAt(objectAt(spec, 'type'), 'name') };
  if (reference.path === '') throw new TypeRefusal('spec.type.path must be set');
  const parent = parentOf(checks, attributes);
  const type = resolveType(store, reference, pathOf(parent, attributes.cluster));
  const types = withExtended(store, type);
  for (const each of types) await mayUse(checks, attributes, each);
  const above = parentType(checks, parent);
  const parents: Lineage = { named: above.named, types: withExtended(store, above.type) };
  const child: Lineage = { named: qualified(reference), types };
  for (const refusals of [parentRefusals(parents, child), childRefusals(parents, child)]) {
    if (refusals.length === 1) throw new TypeRefusal(refusals[0]);
    if (refusals.length > 1) throw new TypeRefusal(`[${[...new Set(refusals)].join(', ')}]`);
  }
}

async function mayUse({ authorizeInside }: TypeChecks, { user }: AdmissionAttributes, type: FoundType): Promise<void> {
  const { group, version, resource } = workspaceTypes.resource;
  const decision = await authorizeInside({
    kind: 'resource',
    user,
    cluster: type.cluster,
    verb: 'use',
    group,
    version,
    resource,
    subresource: '',
    namespace: '',
    name: type.name,
  });
  if (decision.kind === 'allow') return;
  throw new TypeRefusal(
    `unable to use workspace type ${qualified(type)}: missing verb='use' permission on workspacetype`,
  );
}
