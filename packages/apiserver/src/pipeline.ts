import { ApiError, parseFieldSelector, requiredField } from '@kcp/api-machinery';
import {
  forbiddenError,
  parseBearer,
  type Attributes,
  type Authenticator,
  type Authorizer,
  type UserInfo,
} from '@kcp/auth';
import { compress, type Request, type Response } from '@kcp/http';
import type { LogicalCluster } from '@kcp/logical-cluster';
import type { Logger } from '@kcp/telemetry';
import { dispatch, type DispatchDeps } from './dispatch.ts';
import { nobody, type Exchange, type ResolvedScope } from './exchange.ts';
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
  /** In milliseconds. */
  readonly clock: () => number;
  readonly newId: () => string;
  readonly logger: Logger;
  /** Told of every answered request, for metrics. */
  readonly observe: (exchange: Exchange, response: Response) => void;
}

/** Goes on with the rest of the pipeline. */
type Next = () => Promise<Response>;

/** One step of the pipeline: answers, or lets the rest answer. A refusal is thrown. */
type Step = (exchange: Exchange, deps: PipelineDeps, next: Next) => Promise<Response>;

/** What every request goes through, outermost first. */
const steps: readonly Step[] = [sayErrors, findCluster, readInfo, authenticate, impersonate, authorize, answer];

/** The server's one door: from a request to its answer. */
export function createPipeline(deps: PipelineDeps): (request: Request) => Promise<Response> {
  return async (request) => {
    const exchange = newExchange(request, deps);
    const response = compressed(exchange, await run(exchange, deps, 0));
    deps.observe(exchange, response);
    return response;
  };
}

function run(exchange: Exchange, deps: PipelineDeps, at: number): Promise<Response> {
  const step = steps[at];
  if (!step) throw new Error('the pipeline ended without an answer');
  return step(exchange, deps, () => run(exchange, deps, at + 1));
}

/** Large answers are compressed for who takes gzip; what is not compressed does not vary. */
function compressed({ request }: Exchange, response: Response): Response {
  const accepted = request.header('accept-encoding');
  return accepted !== undefined && accepted.includes('gzip') ? compress(response, accepted) : response;
}

const AUDIT_ID = /^[\x21-\x7e]{1,64}$/;

function newExchange(request: Request, { clock, newId }: PipelineDeps): Exchange {
  const sent = request.header('audit-id');
  return {
    request,
    query: Query.parse(request.query),
    auditId: sent !== undefined && AUDIT_ID.test(sent) ? sent : newId(),
    received: clock(),
    warnings: [],
    path: request.path,
    prefix: '',
    cluster: ROOT,
    user: nobody,
    info: { kind: 'path', verb: request.method.toLowerCase(), path: request.path },
  };
}

const ROOT: ResolvedScope = 'root' as LogicalCluster;

async function sayErrors(exchange: Exchange, { logger }: PipelineDeps, next: Next): Promise<Response> {
  try {
    return await next();
  } catch (error) {
    if (!(error instanceof ApiError))
      logger.error('request failed unexpectedly', { error, auditId: exchange.auditId, path: exchange.request.path });
    return respondError(exchange, error);
  }
}

function findCluster(exchange: Exchange, deps: PipelineDeps, next: Next): Promise<Response> {
  const { request } = exchange;
  const token = request.path.startsWith('/clusters/') ? undefined : bearerToken(request);
  const fallback = token === undefined ? undefined : deps.clusterOfToken(token);
  const located = locate(request.path, request.header(CLUSTER_HEADER), { resolve: deps.resolvePath, fallback });
  exchange.cluster = located.cluster;
  exchange.prefix = located.prefix;
  exchange.path = located.path;
  return next();
}

/** The bearer token of a request, where it has one. */
export function bearerToken(request: Request): string | undefined {
  return parseBearer(request.header('authorization'));
}

async function authenticate(exchange: Exchange, deps: PipelineDeps, next: Next): Promise<Response> {
  const { request } = exchange;
  const asked = deps.authenticate({ token: bearerToken(request), certificate: request.peer.certificate });
  const result = asked instanceof Promise ? await asked : asked;
  if (result.kind !== 'authenticated') throw new ApiError('Unauthorized', 'Unauthorized');
  exchange.user = result.user;
  return next();
}

async function impersonate(exchange: Exchange, deps: PipelineDeps, next: Next): Promise<Response> {
  const asked = deps.impersonate(exchange.user, exchange);
  exchange.user = asked instanceof Promise ? await asked : asked;
  return next();
}

function readInfo(exchange: Exchange, _deps: PipelineDeps, next: Next): Promise<Response> {
  exchange.info = infoOf(exchange);
  return next();
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

async function authorize(exchange: Exchange, deps: PipelineDeps, next: Next): Promise<Response> {
  const attributes = attributesOf(exchange);
  const asked = deps.authorize(attributes);
  const decision = asked instanceof Promise ? await asked : asked;
  if (decision.kind !== 'allow') throw forbiddenError(attributes, decision.reason);
  return next();
}

/** What authorization is asked about a request. */
export function attributesOf({ user, cluster, info }: Exchange): Attributes {
  if (info.kind === 'path') return { kind: 'path', user, cluster, verb: info.verb, path: info.path };
  const { verb, group, version, resource, subresource, namespace, name } = info;
  return { kind: 'resource', user, cluster, verb, group, version, resource, subresource, namespace, name };
}

async function answer(exchange: Exchange, deps: PipelineDeps): Promise<Response> {
  const { info } = exchange;
  return info.kind === 'resource' ? dispatch(deps, exchange, info) : deps.paths(exchange, info);
}
