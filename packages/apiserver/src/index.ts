export { BoundedCache } from './bounded-cache.ts';
export type { Audit, AuditedAnswer, AuditStage, RequestAudit } from './audit.ts';
export type { Catalog, ClusterCatalog, ServedGroup, ServedVersion } from './catalog.ts';
export { watchDefinitions } from './definitions.ts';
export type { DispatchDeps } from './dispatch.ts';
export type { HealthCheck, HealthChecks } from './endpoints/health.ts';
export { createOpenApi } from './endpoints/openapi/serve.ts';
export type { SharedSchemas } from './endpoints/openapi/document.ts';
export { createPathHandler, type PathDeps } from './endpoints/paths.ts';
export type { Demand, FairShare, Flow, Seat, StreamKind } from './flow/fair-share.ts';
export { createFairShare } from './flow/create-fair-share.ts';
export { defaultFlowLimits, type FlowLimits, type StreamLimits } from './flow/flow-limits.ts';
export { nobody, warn } from './exchange.ts';
export type { Exchange, ResolvedScope } from './exchange.ts';
export { negotiate } from './media/negotiate.ts';
export { parseYaml } from './media/yaml.ts';
export { inProcessWriter } from './object-writer.ts';
export type { InProcessWriter, ObjectAddress, PreparingWriter } from './object-writer.ts';
export { inlineOffload } from './offload/inline-offload.ts';
export type { Job, JobOrder, Offload } from './offload/offload.ts';
export { WorkerOffload, type WorkerOffloadOptions } from './offload/worker-offload.ts';
export { attributesOf, decisionText } from './authorize.ts';
export { bearerToken, createPipeline } from './pipeline.ts';
export type { Astray, Elsewhere, Foregone, Impersonate, PathHandler, PipelineDeps } from './pipeline.ts';
export {
  headersFor,
  methodNotAllowed,
  nothingHere,
  respondError,
  respondText,
  respondValue,
} from './present/respond.ts';
export type { Query } from './request/query.ts';
export type { ResourceRequest } from './request/request-info.ts';
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
export type { Born, Companions } from './write/companions.ts';
export { commitAll } from './write/commit.ts';
export type { CommitOutcome } from './write/commit.ts';
export type { DeleteOptions } from './write/delete-options.ts';
export type { Quota, Reservation } from './write/quota.ts';
export type { Standing } from './write/standing.ts';
export { unlessOvertaken } from './write/unless-overtaken.ts';
export { readRequestInfo } from './request/request-info.ts';
export { surfacesByName, type Surfaces } from './surface/locate-surface.ts';
export type { Passage, Surface, SurfacePlace, View, ViewReader } from './surface/surface.ts';
export type { PreparedWrite, WriteDeps, WriteRequest } from './write/write-request.ts';
export type { WatchDefinitions } from './verbs/watch-session.ts';
