import { formatApiVersion, type GroupVersionKind } from '@kcp/api-machinery';
import { dottedFieldSet, type FieldSet, type ManagedType } from '@kcp/patch';
import type { FieldOwnership, ServedResource } from '../served-resource.ts';
import type { WriteRequest } from './write-request.ts';

/** What is written, as far as its fields are owned. */
export interface OwnedWrite {
  readonly gvk: GroupVersionKind;
  readonly ownership: FieldOwnership | undefined;
  readonly origin: ServedResource['origin'];
  readonly subresource: string;
}

/** What a request writes. */
export function ownedWrite({ resource, subresource }: Pick<WriteRequest, 'resource' | 'subresource'>): OwnedWrite {
  const { gvr, kind, origin, ownership } = resource;
  return { gvk: { group: gvr.group, version: gvr.version, kind }, origin, ownership, subresource };
}

/** What tracking of fields needs to know of what is written; undefined where nobody owns fields. */
export function managedType({ gvk, ownership, origin, subresource }: OwnedWrite): ManagedType | undefined {
  if (ownership === undefined) return undefined;
  const reset = ownership.resetFields[subresource];
  return {
    ...gvk,
    schema: ownership.schema(),
    subresource,
    ...(reset && { resetFields: { [formatApiVersion(gvk)]: fieldSet(reset) } }),
    empty: ownership.empty,
    emptyListResets: origin === 'builtin',
    convert: (object, version) => ownership.convert(object, version),
  };
}

const fieldSets = new WeakMap<readonly string[], FieldSet>();

function fieldSet(paths: readonly string[]): FieldSet {
  const known = fieldSets.get(paths);
  if (known !== undefined) return known;
  const made = dottedFieldSet(...paths);
  fieldSets.set(paths, made);
  return made;
}
