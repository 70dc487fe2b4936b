import type { Json, JsonObject } from '@kcp/api-machinery';
import { difference, hasPath, isEmptyFieldSet } from './field-set.ts';
import type { FieldPath, FieldSet } from './field-set.ts';
import { FieldSetBuilder } from './field-set.ts';
import { decodeManagedFields, encodeManagedFields } from './managed-fields.ts';
import type { FieldOwners } from './managed-fields.ts';

/** Where each version of a resource keeps its replicas, by apiVersion; null where a version has no scale sub-resource. */
export type ReplicasPaths = Readonly<Record<string, FieldPath | null>>;

const SCALE_VERSION = 'autoscaling/v1';
const SCALE_PATH: FieldPath = ['f:spec', 'f:replicas'];

/** The path `.spec.replicas` as sets have it. */
export function fieldPath(dotted: string): FieldPath {
  return dotted
    .split('.')
    .filter((name) => name !== '')
    .map((name) => `f:${name}`);
}

/** The managed fields that a Scale shows: who owns the replicas of the resource (Go package managedfields, ScaleHandler). */
export function toScaleManagedFields(
  entries: readonly Json[],
  paths: ReplicasPaths,
): readonly JsonObject[] | undefined {
  const owners: FieldOwners = new Map();
  for (const [key, owner] of decodeManagedFields(entries)) {
    const path = pathIn(paths, owner.apiVersion);
    if (!path || !hasPath(owner.fields, path)) continue;
    owners.set(key, { ...owner, apiVersion: SCALE_VERSION, fields: only(SCALE_PATH) });
  }
  return encodeManagedFields(owners);
}

/** What a write through the Scale did, for the resource behind it. */
export interface ScaledFields {
  /** The entries of the resource before. */
  readonly entries: readonly Json[];
  /** The entries of the Scale after the write. */
  readonly scale: readonly Json[];
  readonly paths: ReplicasPaths;
  /** The version of the resource in which new owners own its replicas. */
  readonly apiVersion: string;
}

/** The managed fields of a resource after its Scale was written: who lost the replicas, and who has them now. */
export function fromScaleManagedFields({
  entries,
  scale,
  paths,
  apiVersion,
}: ScaledFields): readonly JsonObject[] | undefined {
  const owners: FieldOwners = new Map();
  const scaled = decodeManagedFields(scale);
  for (const [key, owner] of decodeManagedFields(entries)) {
    const path = pathIn(paths, owner.apiVersion);
    if (path === undefined) continue;
    const isOwner = path !== null && hasPath(owner.fields, path);
    const fields = isOwner && !scaled.has(key) ? difference(owner.fields, only(path)) : owner.fields;
    if (isOwner) scaled.delete(key);
    if (!isEmptyFieldSet(fields)) owners.set(key, { ...owner, fields });
  }
  const replicas = pathIn(paths, apiVersion);
  for (const [key, owner] of replicas ? scaled : []) {
    if (replicas && hasPath(owner.fields, SCALE_PATH))
      owners.set(key, { ...owner, apiVersion, fields: only(replicas) });
  }
  return encodeManagedFields(owners);
}

function pathIn(paths: ReplicasPaths, apiVersion: string): FieldPath | null | undefined {
  return Object.hasOwn(paths, apiVersion) ? paths[apiVersion] : undefined;
}

function only(path: FieldPath): FieldSet {
  const set = new FieldSetBuilder();
  set.insert(path);
  return set.build();
}
