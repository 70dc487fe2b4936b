import type { AuthenticationFacts, UserInfo } from '@kcp/auth';
import type { Request, Response } from '@kcp/http';
import type { Span } from '@kcp/telemetry';
import type { LogicalCluster, Wildcard } from '@kcp/logical-cluster';
import type { RequestAudit } from './audit.ts';
import type { Seat } from './flow/fair-share.ts';
import type { Offload } from './offload/offload.ts';
import type { RequestInfo } from './request/request-info.ts';
import type { Query } from './request/query.ts';
import type { SurfacePlace } from './surface/surface.ts';

/** Where a request goes once its path is resolved. */
export type ResolvedScope = LogicalCluster | Wildcard;

/** One request on its way in, and what the steps of the pipeline found out about it. */
export interface Exchange {
  /** Once authentication has spoken, without the headers that only it may see. */
  request: Request;
  readonly query: Query;
  readonly auditId: string;
  /** When the request came, in milliseconds. */
  readonly received: number;
  /** Texts of Warning headers, told with whatever the answer is. */
  readonly warnings: string[];
  /** Where large work is done. */
  readonly offload: Offload;
  /** The path without the `/clusters/…` prefix. */
  path: string;
  /** The prefix as the client wrote it; empty where it wrote none. */
  prefix: string;
  cluster: ResolvedScope;
  /** Where on a surface the request goes; undefined for ordinary requests, and for those that passed through one. */
  place?: SurfacePlace | undefined;
  user: UserInfo;
  /** What authentication has to tell the audit; undefined where that is nothing. */
  facts?: AuthenticationFacts | undefined;
  /** Who asked to be `user`; absent where nobody did. */
  requestor?: UserInfo | undefined;
  info: RequestInfo;
  /** What is recorded of the request; undefined until it is known who makes it, and where nothing is. */
  audit?: RequestAudit | undefined;
  /** The trace of the request; undefined where it is not recorded. */
  span?: Span | undefined;
  /** What the request holds while it is under way; undefined until it has its turn, and where nothing is shared out. */
  seat?: Seat | undefined;
  /** The answer, where one of the steps before the verb has it already. */
  foregone?: Response | undefined;
  /** What a watch or a call holds as long as it is open. */
  stream?: Seat | undefined;
}

/** In whose share of the caches goes what a request has made: its logical cluster's; nobody's where it is about all of them. */
export function ownerOf({ cluster }: Pick<Exchange, 'cluster'>): string {
  return typeof cluster === 'string' ? cluster : '';
}

/** Nobody, until authentication has spoken. */
export const nobody: UserInfo = { name: '', uid: '', groups: [], extra: {} };

/** Adds a Warning once: the same text is not told twice in one answer. */
export function warn(exchange: Pick<Exchange, 'warnings'>, text: string): void {
  if (!exchange.warnings.includes(text)) exchange.warnings.push(text);
}
