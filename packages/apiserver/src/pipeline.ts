import { ApiError, parseFieldSelector, requiredField } from '@kcp/api-machinery';
import {
  forbiddenError,
  parseBearer,
  type Attributes,
  type Authentication,
  type Authenticator,
  type Authorizer,
  type Decision,
  type UserInfo,
} from '@kcp/auth';
import { compress, type Request, type Response } from '@kcp/http';
import type { LogicalCluster } from '@kcp/logical-cluster';
import type { Logger } from '@kcp/telemetry';
import { dispatch, type DispatchDeps } from './dispatch.ts';
import { nobody, type Exchange, type ResolvedScope } from './exchange.ts';
import type { Offload } from './offload/offload.ts';
import { respondError } from './present/respond.ts';
import { CLUSTER_HEADER, locate, type ResolvePath } from './request/cluster-scope.ts';
import { Query } from './request/query.ts';
import { readRequestInfo, type PathRequest, type RequestInfo } from './request/request-info.ts';

/** Answers what is no resource: discovery, health, OpenAPI. */
export type PathHandler = (exchange: Exchange, info: PathRequest) => Response | Promise<Response>;

/** Becomes somebody else where the headers ask for it and authorization allows it. Throws ApiError. */
export type Impersonate = (user: UserInfo, exchange: Exchange) => UserInfo | Promise<UserInfo>;

/** What the pipeline is made of. */
export interface PipelineDeps extends DispatchDeps {
  readonly resolvePath: ResolvePath;
  /** The logical cluster that a service-account token was made in; undefined for other tokens. */
  readonly clusterOfToken: (token: string) => LogicalCluster | undefined;
  readonly authenticate: Authenticator;
  readonly impersonate: Impersonate;
  readonly authorize: Authorizer;
  readonly paths: PathHandler;
  /** Where large work is done. */
  readonly offload: Offload;
  /** In milliseconds. */
  readonly clock: () => number;
  readonly newId: () => string;
  readonly logger: Logger;
  /** Told of every answered request, for metrics. */
  readonly observe: (exchange: Exchange, response: Response) => void;
}

/** One step of the pipeline: writes into the exchange what it found out. A refusal is thrown. A promise only where it must wait. */
type Step = (exchange: Exchange, deps: PipelineDeps) => void | Promise<void>;

/** What every request goes through before it is answered, in this order. */
const steps: readonly Step[] = [findCluster, readInfo, authenticate, impersonate, authorize];

/** The server's one door: from a request to its answer. */
export function createPipeline(deps: PipelineDeps): (request: Request) => Promise<Response> {
  return async (request) => {
    const exchange = newExchange(request, deps);
    let response: Response;
    try {
      for (const step of steps) {
        const waiting = step(exchange, deps);
        if (waiting) await waiting;
      }
      response = await answer(exchange, deps);
    } catch (thrown) {
      response = refusal(exchange, deps, thrown);
    }
    response = compressed(exchange, response);
    deps.observe(exchange, response);
    return response;
  };
}

/** Large answers are compressed for who takes gzip; what is not compressed does not vary. */
function compressed({ request }: Exchange, response: Response): Response {
  const accepted = request.header('accept-encoding');
  return accepted !== undefined && accepted.includes('gzip') ? compress(response, accepted) : response;
}

const AUDIT_ID = /^[\x21-\x7e]{1,64}$/;

function newExchange(request: Request, { clock, newId, offload }: PipelineDeps): Exchange {
  const sent = request.header('audit-id');
  return {
    request,
    query: Query.parse(request.query),
    auditId: sent !== undefined && AUDIT_ID.test(sent) ? sent : newId(),
    received: clock(),
    warnings: [],
    offload,
    path: request.path,
    prefix: '',
    cluster: ROOT,
    user: nobody,
    info: { kind: 'path', verb: request.method.toLowerCase(), path: request.path },
  };
}

const ROOT: ResolvedScope = 'root' as LogicalCluster;

function refusal(exchange: Exchange, { logger }: PipelineDeps, error: unknown): Response {
  if (!(error instanceof ApiError))
    logger.error('request failed unexpectedly', { error, auditId: exchange.auditId, path: exchange.request.path });
  return respondError(exchange, error);
}

function findCluster(exchange: Exchange, deps: PipelineDeps): void {
  const { request } = exchange;
  const token = request.path.startsWith('/clusters/') ? undefined : bearerToken(request);
  const fallback = token === undefined ? undefined : deps.clusterOfToken(token);
  const located = locate(request.path, request.header(CLUSTER_HEADER), { resolve: deps.resolvePath, fallback });
  exchange.cluster = located.cluster;
  exchange.prefix = located.prefix;
  exchange.path = located.path;
}

/** The bearer token of a request, where it has one. */
export function bearerToken(request: Request): string | undefined {
  return parseBearer(request.header('authorization'));
}

function authenticate(exchange: Exchange, deps: PipelineDeps): void | Promise<void> {
  const { request } = exchange;
  const asked = deps.authenticate({ token: bearerToken(request), certificate: request.peer.certificate });
  return asked instanceof Promise ? asked.then((result) => admitUser(exchange, result)) : admitUser(exchange, asked);
}

function admitUser(exchange: Exchange, result: Authentication): void {
  if (result.kind !== 'authenticated') throw new ApiError('Unauthorized', 'Unauthorized');
  exchange.user = result.user;
}

function impersonate(exchange: Exchange, deps: PipelineDeps): void | Promise<void> {
  const asked = deps.impersonate(exchange.user, exchange);
  if (asked instanceof Promise) return asked.then((user) => void (exchange.user = user));
  exchange.user = asked;
}

function readInfo(exchange: Exchange): void {
  exchange.info = infoOf(exchange);
}

function infoOf({ request, path, query }: Exchange): RequestInfo {
  const selector = query.text('fieldSelector');
  let selectedName = '';
  if (selector.includes('metadata.name')) {
    try {
      selectedName = requiredField(parseFieldSelector(selector), 'metadata.name') ?? '';
    } catch {
      // a selector that cannot be read is refused by the verb, in its own words
    }
  }
  return readRequestInfo(request.method, path, { watch: query.flag('watch'), selectedName });
}

function authorize(exchange: Exchange, deps: PipelineDeps): void | Promise<void> {
  const attributes = attributesOf(exchange);
  const asked = deps.authorize(attributes);
  return asked instanceof Promise ? asked.then((decision) => permit(attributes, decision)) : permit(attributes, asked);
}

function permit(attributes: Attributes, decision: Decision): void {
  if (decision.kind !== 'allow') throw forbiddenError(attributes, decision.reason);
}

/** What authorization is asked about a request. */
export function attributesOf({ user, cluster, info }: Exchange): Attributes {
  if (info.kind === 'path') return { kind: 'path', user, cluster, verb: info.verb, path: info.path };
  const { verb, group, version, resource, subresource, namespace, name } = info;
  return { kind: 'resource', user, cluster, verb, group, version, resource, subresource, namespace, name };
}

function answer(exchange: Exchange, deps: PipelineDeps): Response | Promise<Response> {
  const { info } = exchange;
  return info.kind === 'resource' ? dispatch(deps, exchange, info) : deps.paths(exchange, info);
}
