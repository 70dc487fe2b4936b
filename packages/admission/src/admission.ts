import type { GroupVersionKind, GroupVersionResource, JsonObject, KubeObject } from '@kcp/api-machinery';
import type { UserInfo } from '@kcp/auth';
import type { LogicalCluster } from '@kcp/logical-cluster';

/** What a request is about to do, in the words of admission reviews. */
export type AdmissionOperation = 'CREATE' | 'UPDATE' | 'DELETE' | 'CONNECT';

/** What an admission plug-in is told (k8s.io/apiserver admission.Attributes). */
export interface AdmissionAttributes {
  readonly operation: AdmissionOperation;
  readonly user: UserInfo;
  readonly cluster: LogicalCluster;
  readonly resource: GroupVersionResource;
  readonly kind: GroupVersionKind;
  readonly subresource: string;
  readonly namespace: string;
  /** Empty for a create with generateName that is not decided yet. */
  readonly name: string;
  /** Absent for DELETE. */
  readonly object?: KubeObject;
  /** Absent for CREATE. */
  readonly oldObject?: KubeObject;
  readonly dryRun: boolean;
  /** The create, update, patch or delete options. */
  readonly options: JsonObject;
}

/** One step of admission. `mutate` returns the object to go on with; both refuse by throwing an ApiError. */
export interface AdmissionPlugin {
  /** As kube-apiserver names it, where it has the same: `NamespaceLifecycle`. */
  readonly name: string;
  mutate?(attributes: AdmissionAttributes): KubeObject | Promise<KubeObject>;
  validate?(attributes: AdmissionAttributes): void | Promise<void>;
}
