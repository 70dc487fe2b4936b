import { parseApiVersion, type JsonObject, type KubeObject } from '@kcp/api-machinery';
import type { FieldOwnership } from '@kcp/apiserver';
import { structuralApplySchema, type ApplySchema, type VersionedObject } from '@kcp/patch';
import type { StructuralSchema } from '@kcp/structural-schema';
import { convert, type VersionSet } from './conversion.ts';
import type { KindVersion } from './kind-version.ts';

const STATUS_APART: FieldOwnership['resetFields'] = { '': ['status'], status: ['metadata', 'spec'] };

/** As long as a compiled schema is kept, so is this. */
const schemas = new WeakMap<StructuralSchema, ApplySchema>();

/** How the fields of a custom kind in one version are owned. */
export function customOwnership(set: VersionSet, kind: KindVersion): FieldOwnership {
  const hasStatus = kind.subresources.status !== undefined;
  return {
    empty: { apiVersion: kind.apiVersion, kind: kind.gvk.kind },
    schema: () => ownedSchema(kind),
    resetFields: hasStatus ? STATUS_APART : {},
    convert: (object, apiVersion) => {
      const other = apiVersionIn(set, apiVersion);
      if (other === undefined) return undefined;
      const converted = convert(set, object as KubeObject, other);
      const owned = (made: KubeObject): VersionedObject => ({ object: asJson(made), schema: ownedSchema(other) });
      return converted instanceof Promise ? converted.then(owned) : owned(converted);
    },
  };
}

function ownedSchema(kind: KindVersion): ApplySchema {
  const { schema } = kind.schema();
  const known = schemas.get(schema);
  if (known !== undefined) return known;
  const made = structuralApplySchema(schema);
  schemas.set(schema, made);
  return made;
}

function apiVersionIn(set: VersionSet, apiVersion: string): KindVersion | undefined {
  const found = set.find(parseApiVersion(apiVersion)?.version ?? '');
  return found?.apiVersion === apiVersion ? found : undefined;
}

function asJson(object: KubeObject): JsonObject {
  return object;
}
