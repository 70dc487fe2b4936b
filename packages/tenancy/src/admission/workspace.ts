import type { AdmissionAttributes, AdmissionPlugin } from '@kcp/admission';
import {
  equal,
  objectAt,
  optionalObjectAt,
  textAt,
  validateImmutableField,
  type JsonObject,
  type KubeObject,
} from '@kcp/api-machinery';
import { REQUIRED_GROUPS_ANNOTATION } from '@kcp/auth';
import type { ObjectReader } from '@kcp/object-store';
import { workspaces } from '../buckets.ts';
import { phaseOf, storedLogicalCluster } from '../cluster/logical-cluster.ts';
import { OWNER_ANNOTATION } from '../well-known.ts';
import { withAnnotation } from './annotations.ts';
import { ownerText } from './owner.ts';
import { isAbout, isPrivileged, refused } from './subject.ts';

const MOUNT_FIELDS = ['kind', 'name', 'namespace', 'apiVersion'] as const;

/**
 * A Workspace says who asked for it and takes over the groups that its parent requires; type, cluster and URL stay as they are
 * (kcp's tenancy.kcp.io/Workspace).
 */
export function workspaceAdmission(store: Pick<ObjectReader, 'get'>): AdmissionPlugin {
  return {
    name: 'tenancy.kcp.io/Workspace',
    mutate: (attributes) => {
      const { operation, object } = attributes;
      if (!isAbout(attributes, workspaces) || operation !== 'CREATE' || object === undefined) return object;
      return inheritGroups(store, attributes, nameOwner(attributes, withWholeMount(object)));
    },
    validate: (attributes) => {
      const { operation, object, oldObject } = attributes;
      if (!isAbout(attributes, workspaces) || object === undefined) return;
      const why =
        operation === 'CREATE'
          ? creationRefusal(store, attributes, object)
          : oldObject && operation === 'UPDATE'
            ? changeRefusal(object, oldObject, isPrivileged(attributes.user))
            : undefined;
      if (why !== undefined) throw refused(attributes, why);
    },
  };
}

/** What a mount does not say is empty, so that this is what it is refused for, field by field. */
function withWholeMount(object: KubeObject): KubeObject {
  const spec = objectAt(object, 'spec');
  const mount = optionalObjectAt(spec, 'mount');
  if (mount === undefined) return object;
  const ref = { apiVersion: '', kind: '', name: '', ...objectAt(mount, 'ref') };
  return { ...object, spec: { ...spec, mount: { ...mount, ref } } };
}

function nameOwner({ user }: AdmissionAttributes, object: KubeObject): KubeObject {
  return isPrivileged(user) ? object : withAnnotation(object, OWNER_ANNOTATION, ownerText(user));
}

function requiredHere(store: Pick<ObjectReader, 'get'>, attributes: AdmissionAttributes): string | undefined {
  const parent = storedLogicalCluster(store, attributes.cluster);
  if (parent === undefined && !isPrivileged(attributes.user))
    throw refused(attributes, 'logicalclusters.core.kcp.io "cluster" not found');
  return parent?.decode().metadata.annotations?.[REQUIRED_GROUPS_ANNOTATION];
}

function inheritGroups(
  store: Pick<ObjectReader, 'get'>,
  attributes: AdmissionAttributes,
  object: KubeObject,
): KubeObject {
  const said = object.metadata.annotations?.[REQUIRED_GROUPS_ANNOTATION];
  if (said !== undefined && isPrivileged(attributes.user)) return object;
  return withAnnotation(object, REQUIRED_GROUPS_ANNOTATION, requiredHere(store, attributes));
}

function creationRefusal(
  store: Pick<ObjectReader, 'get'>,
  attributes: AdmissionAttributes,
  object: KubeObject,
): string | undefined {
  const spec = objectAt(object, 'spec');
  if (!isPrivileged(attributes.user)) {
    if (textAt(spec, 'cluster') !== '') return 'spec.Cluster can only be set by system privileged users';
    if (textAt(spec, 'URL') !== '') return 'spec.URL can only be set by system privileged users';
    const owner = ownerText(attributes.user);
    if (object.metadata.annotations?.[OWNER_ANNOTATION] !== owner)
      return `expected user annotation ${OWNER_ANNOTATION}=${owner}`;
    const groups = requiredHere(store, attributes) ?? '';
    if ((object.metadata.annotations?.[REQUIRED_GROUPS_ANNOTATION] ?? '') !== groups)
      return `missing required groups annotation ${REQUIRED_GROUPS_ANNOTATION}=${groups}`;
  }
  return mountRefusal(spec, isPrivileged(attributes.user));
}

function mountRefusal(spec: JsonObject, privileged: boolean): string | undefined {
  const mount = optionalObjectAt(spec, 'mount');
  if (mount === undefined) return undefined;
  const reference = objectAt(mount, 'ref');
  for (const field of ['kind', 'name', 'apiVersion'] as const)
    if (textAt(reference, field) === '') return `spec.mount.${field} must be set`;
  const isTyped = optionalObjectAt(spec, 'type') !== undefined;
  return isTyped && !privileged ? 'spec.type cannot be set for mounted workspaces' : undefined;
}

function changeRefusal(object: KubeObject, old: KubeObject, privileged: boolean): string | undefined {
  const [spec, before] = [objectAt(object, 'spec'), objectAt(old, 'spec')];
  const mounted = optionalObjectAt(before, 'mount');
  if (mounted !== undefined) return mountedRefusal({ spec, before, mounted }, privileged);
  if (textAt(before, 'cluster') !== '' && textAt(spec, 'cluster') === '') return 'spec.cluster cannot be unset';
  for (const field of ['cluster', 'URL'] as const)
    if (textAt(before, field) !== textAt(spec, field) && !privileged)
      return `spec.${field} can only be changed by system privileged users`;
  const [error] = validateImmutableField(spec['type'] ?? null, before['type'] ?? null, 'spec.type');
  if (error) return `${error.field}: ${error.message}`;
  return readyRefusal(object, old);
}

function readyRefusal(object: KubeObject, old: KubeObject): string | undefined {
  if (phaseOf(object) !== 'Ready' || phaseOf(old) === 'Ready') return undefined;
  const spec = objectAt(object, 'spec');
  const missing = (['cluster', 'URL'] as const).find((field) => textAt(spec, field) === '');
  return missing && `spec.${missing} must be set for phase Ready`;
}

interface Mounted {
  readonly spec: JsonObject;
  readonly before: JsonObject;
  readonly mounted: JsonObject;
}

function mountedRefusal({ spec, before, mounted }: Mounted, privileged: boolean): string | undefined {
  const [next, old] = [objectAt(objectAt(spec, 'mount'), 'ref'), objectAt(mounted, 'ref')];
  const changed = MOUNT_FIELDS.find((field) => textAt(next, field) !== textAt(old, field));
  if (changed !== undefined) return `spec.mount.${changed} is immutable`;
  if (privileged) return undefined;
  if (optionalObjectAt(spec, 'type') !== undefined) return 'spec.type cannot be set for mounted workspaces';
  return equal(spec['type'] ?? null, before['type'] ?? null) ? undefined : 'spec.type is immutable';
}
