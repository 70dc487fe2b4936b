import {
  applySchema,
  CustomResourceDefinition as definitionType,
  mergeSchema,
  openApiDefinitions,
  protobufCodec,
} from '@kcp/apis';
import type { JsonObject } from '@kcp/api-machinery';
import type { FieldOwnership, ServedResource } from '@kcp/apiserver';
import { createdAtColumn, nameColumn } from '../serving/printer-columns.ts';
import { storageVersionHash } from '../serving/storage-version-hash.ts';
import { definitionBucket } from './custom-resource-definition.ts';
import { decodeDefinition, definitionKind } from './decode-definition.ts';
import type { DefinitionChecks } from './definition-checks.ts';
import { definitionStatusStrategy, definitionStrategy } from './definition-strategy.ts';

/** What stored definitions bear; raised when the stored form changes. */
export const DEFINITION_FINGERPRINT = 'customresourcedefinitions/v1/1';

const schema = applySchema(definitionType);

const ownership: FieldOwnership = {
  empty: decodeDefinition({}).object,
  schema: () => schema,
  resetFields: { '': ['status'], status: ['spec'] },
  convert: () => undefined,
};

/** `customresourcedefinitions`, as every logical cluster serves it. */
export function definitionResource(checks: DefinitionChecks): ServedResource {
  const { group, version, kind } = definitionKind;
  const resource = 'customresourcedefinitions';
  const protobuf = protobufCodec(definitionType);
  return {
    gvr: { group, version, resource },
    kind,
    listKind: `${kind}List`,
    singular: 'customresourcedefinition',
    shortNames: ['crd', 'crds'],
    categories: ['api-extensions'],
    namespaced: false,
    origin: 'builtin',
    bucket: definitionBucket,
    verbs: ['create', 'delete', 'deletecollection', 'get', 'list', 'patch', 'update', 'watch'],
    fingerprint: DEFINITION_FINGERPRINT,
    storedFingerprint: DEFINITION_FINGERPRINT,
    storageVersion: version,
    decode: decodeDefinition,
    toStored: (object) => object,
    fromStored: (objects) => objects.map((object) => decodeDefinition(object as JsonObject).object),
    strategy: definitionStrategy(checks),
    subresources: { status: { kind: 'part', strategy: definitionStatusStrategy } },
    columns: [nameColumn, createdAtColumn],
    selectableFields: {},
    mergeSchema: mergeSchema(definitionType),
    ownership,
    ...(protobuf && { protobuf }),
    openApi: () => openApiDefinitions(definitionType, definitionKind),
    // as of servers that store definitions in v1beta1, which is what clients have always been told
    storageVersionHash: storageVersionHash({ ...definitionKind, version: 'v1beta1' }),
  };
}
