import type { ApplySchema, ObjectSchema } from './apply-schema.ts';

const ANY: ApplySchema = { kind: 'scalar' };
const TEXT: ApplySchema = { kind: 'scalar', type: 'string' };
const NUMBER: ApplySchema = { kind: 'scalar', type: 'numeric' };
const TRUTH: ApplySchema = { kind: 'scalar', type: 'boolean' };
const TEXTS: ApplySchema = { kind: 'object', field: () => undefined, values: TEXT };

function struct(fields: Readonly<Record<string, ApplySchema>>, atomic = false): ObjectSchema {
  const known = new Map(Object.entries(fields));
  return { kind: 'object', atomic, field: (name) => known.get(name) };
}

const ownerReference = struct(
  { apiVersion: TEXT, blockOwnerDeletion: TRUTH, controller: TRUTH, kind: TEXT, name: TEXT, uid: TEXT },
  true,
);

/** An object's metadata as apply sees it, the same for all kinds (meta/v1 ObjectMeta). */
export const objectMetaSchema: ApplySchema = struct({
  annotations: TEXTS,
  creationTimestamp: ANY,
  deletionGracePeriodSeconds: NUMBER,
  deletionTimestamp: ANY,
  finalizers: { kind: 'list', type: 'set', items: TEXT },
  generateName: TEXT,
  generation: NUMBER,
  labels: TEXTS,
  managedFields: { kind: 'list', type: 'atomic', items: { kind: 'deduced' } },
  name: TEXT,
  namespace: TEXT,
  ownerReferences: { kind: 'list', type: 'map', keys: ['uid'], items: ownerReference },
  resourceVersion: TEXT,
  selfLink: TEXT,
  uid: TEXT,
});
