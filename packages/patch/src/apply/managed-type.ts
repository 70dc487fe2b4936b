import type { JsonObject } from '@kcp/api-machinery';
import type { ApplySchema } from './apply-schema.ts';
import type { FieldSet } from './field-set.ts';

/** An object in one of its versions, with that version's schema. */
export interface VersionedObject {
  readonly object: JsonObject;
  readonly schema: ApplySchema;
}

/** What tracking of fields needs to know of a resource in one version, as one of its endpoints serves it. */
export interface ManagedType {
  readonly group: string;
  readonly version: string;
  readonly kind: string;
  readonly schema: ApplySchema;
  /** The sub-resource that is written through; empty for the object itself. */
  readonly subresource: string;
  /**
   * What the endpoint's strategy takes back of a write, by apiVersion: `status` of the object itself, `spec` of its status.
   * It is owned by nobody and never conflicts (KEP-555, "reset fields").
   */
  readonly resetFields?: Readonly<Record<string, FieldSet>>;
  /** A new object without anything in it, as the kind has it: what a created object is compared with. */
  readonly empty: JsonObject;
  /** An empty list of managed fields in an update is a wish to drop them all: so it is of built-in kinds. */
  readonly emptyListResets: boolean;
  /**
   * The object in another version of its type; undefined where that version is gone, which ends what was owned in it. Only
   * asked for versions other than the object's own. Throws ApiError where it cannot be converted.
   */
  convert(object: JsonObject, apiVersion: string): VersionedObject | Promise<VersionedObject | undefined> | undefined;
}

/** The apiVersion that a type's objects bear. */
export function apiVersionOf({ group, version }: Pick<ManagedType, 'group' | 'version'>): string {
  return group === '' ? version : `${group}/${version}`;
}

/** A kind as Go prints it: `apps/v1, Kind=Deployment`, `/v1, Kind=ConfigMap`. */
export function showKind(group: string, version: string, kind: string): string {
  return `${group}/${version}, Kind=${kind}`;
}
