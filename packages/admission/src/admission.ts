import type { GroupVersionKind, GroupVersionResource, JsonObject, KubeObject } from '@kcp/api-machinery';
import type { UserInfo } from '@kcp/auth';
import type { LogicalCluster } from '@kcp/logical-cluster';

/** What a request is about to do, in the words of admission reviews. */
export type AdmissionOperation = 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';

/** Another version in which the objects of a request can be read and written (k8s.io/apiserver EquivalentResourceMapper). */
export interface EquivalentKind {
  readonly resource: GroupVersionResource;
  readonly kind: GroupVersionKind;
  /** An object of the request's version in this one. Throws ApiError where it cannot be converted. */
  to(object: KubeObject): KubeObject | Promise<KubeObject>;
  /** JSON as this version reads it: typed, pruned, defaulted. Throws ApiError where it is no such object. */
  decode(raw: JsonObject): KubeObject;
  /** An object of this version in the request's. Throws ApiError where it cannot be converted. */
  from(object: KubeObject): KubeObject | Promise<KubeObject>;
}

/** What an admission plug-in is told (k8s.io/apiserver admission.Attributes). */
export interface AdmissionAttributes {
  readonly operation: AdmissionOperation;
  readonly user: UserInfo;
  readonly cluster: LogicalCluster;
  readonly resource: GroupVersionResource;
  readonly kind: GroupVersionKind;
  readonly subresource: string;
  /** Of a namespace its own name. */
  readonly namespace: string;
  /** Empty for a create with generateName that is not decided yet, and where a collection is deleted. */
  readonly name: string;
  /** Absent for DELETE. */
  readonly object?: KubeObject;
  /** Absent for CREATE. */
  readonly oldObject?: KubeObject;
  readonly dryRun: boolean;
  /** The create, update, patch or delete options; null for calls. */
  readonly options: JsonObject | null;
  /** In which other versions the same objects are served; none for what is not stored. */
  equivalents(): readonly EquivalentKind[];
  /** JSON as the kind reads it: typed, pruned, defaulted. Throws ApiError where it is no such object. */
  decode(raw: JsonObject): KubeObject;
  /** Adds a Warning header to the answer. */
  warn(text: string): void;
  /** Adds a fact to the audit events of the request; the first value of a key stays. */
  annotate(key: string, value: string): void;
}

/** What mutating plug-ins share over the passes of one request (admission.ReinvocationContext). The same value in both passes. */
export interface Mutation {
  /** True in the second pass. There is one where a plug-in asked for it, and no third. */
  readonly isSecondPass: boolean;
  /** All mutating plug-ins are to be asked once more. */
  askAgain(): void;
}

/** One step of admission. `mutate` returns the object to go on with; both refuse by throwing an ApiError. */
export interface AdmissionPlugin {
  /** As kube-apiserver names it, where it has the same: `NamespaceLifecycle`. */
  readonly name: string;
  /** Gives the object as it came where nothing changes; undefined for DELETE, which has none and may still be refused. */
  mutate?(
    attributes: AdmissionAttributes,
    mutation: Mutation,
  ): KubeObject | undefined | Promise<KubeObject | undefined>;
  validate?(attributes: AdmissionAttributes): void | Promise<void>;
  /** True where writes into a logical cluster may have it ask programs elsewhere. Absent: it never does. */
  asksOthers?(cluster: LogicalCluster): boolean;
}
