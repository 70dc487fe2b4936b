import type { Json, JsonObject } from './json.ts';

/** metadata.ownerReferences[i]. A type alias, as ObjectMeta is: only then is it a JSON object to the compiler. */
export type OwnerReference = {
  readonly apiVersion: string;
  readonly kind: string;
  readonly name: string;
  readonly uid: string;
  readonly controller?: boolean;
  readonly blockOwnerDeletion?: boolean;
};

/** An object's metadata after decoding: known fields have their types, see API conventions "Metadata". */
export type ObjectMeta = {
  name?: string;
  generateName?: string;
  namespace?: string;
  uid?: string;
  resourceVersion?: string;
  generation?: number;
  creationTimestamp?: string | null;
  deletionTimestamp?: string;
  deletionGracePeriodSeconds?: number;
  labels?: Readonly<Record<string, string>>;
  annotations?: Readonly<Record<string, string>>;
  ownerReferences?: readonly OwnerReference[];
  finalizers?: readonly string[];
  managedFields?: readonly JsonObject[];
  selfLink?: string;
};

/**
 * A Kubernetes object: type meta, metadata and whatever its kind holds. Values of this type are never changed once they
 * left the function that made them; copy with `{ ...object, metadata: { ...object.metadata, … } }`.
 */
export interface KubeObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: Readonly<ObjectMeta>;
  readonly [field: string]: Json | Readonly<ObjectMeta> | undefined;
}
