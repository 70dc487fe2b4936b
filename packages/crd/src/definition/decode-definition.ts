import { CustomResourceDefinition as definitionType, decodeObject } from '@kcp/apis';
import type { JsonObject, KubeObject } from '@kcp/api-machinery';
import type { Decoded } from '@kcp/apiserver';
import type { StoredObject } from '@kcp/object-store';
import type { CustomResourceDefinition } from './custom-resource-definition.ts';
import { defaultDefinition } from './default-definition.ts';

/** The group, version and kind of definitions. */
export const definitionKind = {
  group: 'apiextensions.k8s.io',
  version: 'v1',
  kind: 'CustomResourceDefinition',
} as const;

/** Reads a definition that a client sent, and fills in what it left out. Throws ApiError BadRequest. */
export function decodeDefinition(raw: JsonObject): Decoded {
  const { object, unknownFields } = decodeObject(definitionType, definitionKind, raw);
  return { object: defaultDefinition(asDefinition(object)), unknownFields };
}

/** A stored definition. Nothing is checked: only what `decodeDefinition` made is ever stored. */
export function readDefinition(stored: StoredObject): CustomResourceDefinition {
  return asDefinition(stored.decode());
}

/** An object that came through `decodeDefinition`, as what it is. */
export function asDefinition(object: KubeObject): CustomResourceDefinition {
  return object as CustomResourceDefinition;
}
