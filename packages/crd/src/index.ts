export { acceptNames } from './controllers/accept-names.ts';
export type { AcceptedNames } from './controllers/accept-names.ts';
export { checkDefinition } from './controllers/check-definition.ts';
export { definitionWriter } from './controllers/definition-writer.ts';
export type { DefinitionWriter } from './controllers/definition-writer.ts';
export { deleteInstancesWith } from './controllers/delete-instances.ts';
export type { DeleteInstances, DeletionProgress, InstancesToDelete } from './controllers/delete-instances.ts';
export { finalizeDefinition } from './controllers/finalize-definition.ts';
export { nameGroup, settled } from './controllers/name-group.ts';
export { namesInUse } from './controllers/names-in-use.ts';
export type { NamesInUse } from './controllers/names-in-use.ts';
export { startCrdControllers } from './controllers/start-crd-controllers.ts';
export type { CrdControllers, CrdControllersOptions } from './controllers/start-crd-controllers.ts';
export { findCondition, isConditionTrue, withCondition, withoutCondition } from './definition/condition.ts';
export type { ConditionClaim } from './definition/condition.ts';
export {
  CLEANUP_FINALIZER,
  definitionBucket,
  definitionName,
  storageVersionOf,
} from './definition/custom-resource-definition.ts';
export type {
  CustomResourceDefinition,
  DefinitionCondition,
  DefinitionNames,
  DefinitionSpec,
  DefinitionStatus,
  DefinitionVersion,
} from './definition/custom-resource-definition.ts';
export { asDefinition, decodeDefinition, readDefinition } from './definition/decode-definition.ts';
export { DEFINITION_FINGERPRINT, definitionResource } from './definition/definition-resource.ts';
export { DefinitionChecks } from './definition/definition-checks.ts';
export { definitionWarnings } from './definition/definition-warnings.ts';
export { validateDefinition, validateDefinitionUpdate } from './definition/validate-definition.ts';
export { checkSchema } from './definition/validate-schema.ts';
export { crdCatalog } from './serving/crd-catalog.ts';
export type { CrdCatalogOptions } from './serving/crd-catalog.ts';
export { DefinitionIndex } from './serving/definition-index.ts';
export type { ClusterDefinitions, DefinitionEntry } from './serving/definition-index.ts';
export { identify } from './serving/definition-identity.ts';
export type { DefinitionIdentity } from './serving/definition-identity.ts';
export { FixedDefinitions } from './serving/fixed-definitions.ts';
export type { FixedSpec } from './serving/fixed-definitions.ts';
export type { ConversionCalls } from './serving/conversion-webhook.ts';
export type { ServedDefinition } from './serving/serve-definition.ts';
export { ServedDefinitions } from './serving/served-definitions.ts';
export type { ServeRequest, ServingLimits } from './serving/served-definitions.ts';
