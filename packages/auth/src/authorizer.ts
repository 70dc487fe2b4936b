import type { ClusterScope, LogicalCluster } from '@kcp/logical-cluster';
import type { UserInfo } from './user.ts';

/** Where a request goes: one logical cluster by its resolved name, or all of them. */
export type AuthorizationScope = LogicalCluster | Extract<ClusterScope, { kind: 'wildcard' }>;

/** What somebody wants to do (k8s.io/apiserver authorizer.Attributes). */
export type Attributes =
  | {
      readonly kind: 'resource';
      readonly user: UserInfo;
      readonly cluster: AuthorizationScope;
      readonly verb: string;
      readonly group: string;
      readonly version: string;
      readonly resource: string;
      readonly subresource: string;
      readonly namespace: string;
      readonly name: string;
    }
  | {
      readonly kind: 'path';
      readonly user: UserInfo;
      readonly cluster: AuthorizationScope;
      readonly verb: string;
      readonly path: string;
    };

/** The three answers of an authorizer. Deny ends the chain, noOpinion asks the next one. */
export interface Decision {
  readonly kind: 'allow' | 'deny' | 'noOpinion';
  readonly reason: string;
}

/** Says whether somebody may. Synchronous where it can be; a throw is an error of the authorizer, not a refusal. */
export type Authorizer = (attributes: Attributes) => Decision | Promise<Decision>;
