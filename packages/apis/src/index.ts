export { applySchema } from './apply-schema.ts';
export type { TableApplySchema } from './apply-schema.ts';
export { canonicalBase64 } from './base64.ts';
export { decodeObject, decodeStruct, DecodeError } from './decode.ts';
export type { DecodedObject, DecodedStruct } from './decode.ts';
export type { KindTable } from './kind-table.ts';
export { kinds, kindTable } from './kinds.ts';
export { mergeSchema } from './merge-schema.ts';
export type { TableMergeSchema } from './merge-schema.ts';
export { openApiDefinitions, sharedDefinitions } from './open-api.ts';
export type { Definitions } from './open-api.ts';
export { protobufCodec } from './protobuf.ts';
export type {
  FieldExtra,
  FieldRow,
  ListType,
  MapType,
  Presence,
  ScalarType,
  SchemaOrType,
  StructType,
  ValueType,
} from './table.ts';
export { CustomResourceDefinition, JSONSchemaProps } from './tables/apiextensions.ts';
export { TokenRequest } from './tables/authentication.ts';
export { DeleteOptions, LabelSelector, ListMeta, ObjectMeta, Status } from './tables/meta.ts';
export { kcpDefinition, kcpDefinitionName, kcpDefinitions, kcpSystemDefinitions } from './kcp/definitions.ts';
export type { Column, KindDefinition, KindNames, KindVersion } from './kcp/kind-definition.ts';
export { LOGICAL_CLUSTER_NAME } from './kcp/core.ts';
export { RESERVED_WORKSPACE_TYPES } from './kcp/workspace-types.ts';
export { BATTERY, CREATE_ONLY } from './kcp/root-content-annotations.ts';
export { apiResourceSchemaOf, rootApiBinding } from './kcp/root-content-apis.ts';
export {
  identitiesNamespace,
  identitySecret,
  rootApis,
  rootContent,
  rootLogicalCluster,
  shardContent,
  universalContent,
} from './kcp/root-content.ts';
export type { RootContentOptions } from './kcp/root-content.ts';
