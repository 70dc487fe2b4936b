import type { Json, JsonObject } from '@kcp/api-machinery';
import type { UserInfo } from '@kcp/auth';
import type { Exchange } from './exchange.ts';

/** When an event is made in the life of a request (audit.k8s.io/v1 Stage). */
export type AuditStage = 'RequestReceived' | 'ResponseStarted' | 'ResponseComplete' | 'Panic';

/** How a request was answered. */
export interface AuditedAnswer {
  readonly code: number;
  /** The body, where it is JSON and whole. */
  readonly body?: Uint8Array;
  /** The text of what nobody expected; the client is not told it. */
  readonly failure?: string;
}

/** What is recorded of one request. */
export interface RequestAudit {
  /** Adds a fact to the later events of the request; the first value of a key stays. */
  annotate(key: string, value: string): void;
  /** Who the request counts as from here on. */
  impersonated(user: UserInfo): void;
  /** The object that was sent, as it was read. */
  requested(object: JsonObject): void;
  /** The patch that was sent. */
  patched(bytes: Uint8Array): void;
  /** What the answer shows, where its body alone does not tell: a Status, or what is not written in JSON. */
  answers(value: Json): void;
  /** True where `answers` takes objects that are no Status: only then they need to be made. */
  readonly wantsAnswers: boolean;
  /** True where `requested` and `patched` keep what they are given. */
  readonly wantsRequests: boolean;
  /** A stage is reached. False, or a promise of it, at the first one: the request must be refused. */
  reach(stage: AuditStage, answer?: AuditedAnswer): boolean | Promise<boolean>;
}

/** Records requests (k8s.io/apiserver pkg/audit). */
export interface Audit {
  /** Begins to record a request whose user is known, or `nobody`; undefined where nothing is recorded of it. */
  begin(exchange: Exchange): RequestAudit | undefined;
  /** A request was refused because it could not be recorded. */
  rejected(): void;
}
