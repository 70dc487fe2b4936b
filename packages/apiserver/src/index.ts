export { BoundedCache } from './bounded-cache.ts';
export type { Audit, AuditedAnswer, AuditStage, RequestAudit } from './audit.ts';
export type { Catalog, ClusterCatalog, ServedGroup, ServedVersion } from './catalog.ts';
export { watchDefinitions } from './definitions.ts';
export type { DispatchDeps } from './dispatch.ts';
export type { HealthCheck, HealthChecks } from './endpoints/health.ts';
export { createOpenApi } from './endpoints/openapi/serve.ts';
export type { SharedSchemas } from './endpoints/openapi/document.ts';
export { createPathHandler } from './endpoints/paths.ts';
export type { PathDeps } from './endpoints/paths.ts';
export type { Demand, FairShare, Flow, Seat, StreamKind } from './flow/fair-share.ts';
export { createFairShare } from './flow/create-fair-share.ts';
export { defaultFlowLimits } from './flow/flow-limits.ts';
export type { FlowLimits, StreamLimits } from './flow/flow-limits.ts';
export { nobody, warn } from './exchange.ts';
export type { Exchange, ResolvedScope } from './exchange.ts';
export { parseYaml } from './media/yaml.ts';
export { inProcessWriter } from './object-writer.ts';
export type { InProcessWriter, ObjectAddress, PreparingWriter } from './object-writer.ts';
export { inlineOffload } from './offload/inline-offload.ts';
export type { Job, JobOrder, Offload } from './offload/offload.ts';
export { WorkerOffload } from './offload/worker-offload.ts';
export type { WorkerOffloadOptions } from './offload/worker-offload.ts';
export { attributesOf } from './authorize.ts';
export { bearerToken, createPipeline } from './pipeline.ts';
export type { Impersonate, PathHandler, PipelineDeps } from './pipeline.ts';
export {
  headersFor,
  methodNotAllowed,
  nothingHere,
  respondError,
  respondText,
  respondValue,
} from './present/respond.ts';
export type { Query } from './request/query.ts';
export type { ResolvePath } from './request/cluster-scope.ts';
export type {
  ConnectCall,
  ConnectMethod,
  Decoded,
  Examination,
  OpenApiDefinitions,
  ResourceVerb,
  FieldOwnership,
  ServedResource,
  Strategy,
  Subresource,
  TableColumn,
  UpdateStrategy,
  WriteContext,
} from './served-resource.ts';
export { breathe, Pace } from './verbs/breathe.ts';
export { requireUpgrade } from './verbs/connect.ts';
export { timestamp } from './verbs/write-context.ts';
export type { DeleteOptions } from './write/delete-options.ts';
export type { Quota, Reservation } from './write/quota.ts';
export type { PreparedWrite, WriteDeps, WriteRequest } from './write/write-request.ts';
