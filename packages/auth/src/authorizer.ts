import type { AuthorizationScope } from './authorization-scope.ts';
import type { UserInfo } from './user.ts';

export type { AuthorizationScope };

/** Told what a step of a chain decided by itself, and why, before others hide it. */
export type RecordDecision = (step: string, decision: Decision) => void;

/** What somebody wants to do (k8s.io/apiserver authorizer.Attributes). */
export type Attributes = (
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
    }
) & {
  /** Present where the steps of the decision are to be written down. */
  readonly record?: RecordDecision;
};

/** The three answers of an authorizer. Deny ends the chain, noOpinion asks the next one. */
export interface Decision {
  readonly kind: 'allow' | 'deny' | 'noOpinion';
  readonly reason: string;
  /** What kept an authorizer from deciding. Where nobody else decides, the request is not refused but failed: a 500. */
  readonly error?: Error;
}

/** Says whether somebody may. Synchronous where it can be; a throw is an error of the authorizer, not a refusal. */
export type Authorizer = (attributes: Attributes) => Decision | Promise<Decision>;
