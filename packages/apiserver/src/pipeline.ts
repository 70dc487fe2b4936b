import { ApiError, parseFieldSelector, requiredField } from '@kcp/api-machinery';
import {
  parseBearer,
  type Authentication,
  type AuthenticationFacts,
  type Authenticator,
  type UserInfo,
} from '@kcp/auth';
import { compress, type Request, type Response } from '@kcp/http';
import type { ClusterPath, LogicalCluster } from '@kcp/logical-cluster';
import type { Logger, Span, Tracer } from '@kcp/telemetry';
import type { Audit } from './audit.ts';
import { annotateFacts, beginAudit, recordAnswer } from './auditing.ts';
import { authorize } from './authorize.ts';
import { dispatch, type DispatchDeps } from './dispatch.ts';
import { leave, refusalTurn, share, type ShareDeps } from './flow/share.ts';
import { nobody, warn, type Exchange, type ResolvedScope } from './exchange.ts';
import type { Offload } from './offload/offload.ts';
import { respondError } from './present/respond.ts';
import { beginTrace, endTrace } from './tracing.ts';
import { CLUSTER_HEADER, locate, pathInside, type ResolvePath } from './request/cluster-scope.ts';
import { authenticateRequest } from './request/authenticate-request.ts';
import { Query } from './request/query.ts';
import { refuseForeignOrigin, socketToken } from './request/socket-credentials.ts';
import { readRequestInfo, type PathRequest, type RequestInfo } from './request/request-info.ts';
import { locateSurface, type Surfaces } from './surface/locate-surface.ts';
import { readOnly } from './surface/read-only.ts';

/** Answers what is no resource: discovery, health, OpenAPI. */
export type PathHandler = (exchange: Exchange, info: PathRequest) => Response | Promise<Response>;

/** Becomes somebody else where the headers ask for it and authorization allows it. Throws ApiError. */
export type Impersonate = (user: UserInfo, exchange: Exchange) => UserInfo | Promise<UserInfo>;

/**
 * Answers what is answered before authorization, whoever may: a user's own home. Undefined for all else; asked of every request.
 * Throws ApiError. Declared here by who asks; @kcp/tenancy fulfils it.
 */
export type Foregone = (exchange: Exchange) => Promise<Response> | undefined;

/**
 * Answers for a path that leads to no logical cluster here, because it leads elsewhere: a mount. Undefined where it leads nowhere. Asked
 * before authentication: whoever is reached there asks who it is.
 */
export type Elsewhere = (request: Request, astray: Astray) => Promise<Response> | undefined;

/** Where a request goes that finds no logical cluster. */
export interface Astray {
  readonly cluster: ClusterPath;
  /** What is left of the request's path, without the query. */
  readonly path: string;
}

/** What the pipeline is made of. */
export interface PipelineDeps extends DispatchDeps, Pick<ShareDeps, 'fair'> {
  readonly resolvePath: ResolvePath;
  /** The logical cluster that a service-account token was made in; undefined for other tokens. */
  readonly clusterOfToken: (token: string) => LogicalCluster | undefined;
  readonly authenticate: Authenticator;
  /** Takes headers away that only authentication may see; absent: all stay. */
  readonly scrub?: (request: Request) => Request;
  readonly impersonate: Impersonate;
  readonly foregone?: Foregone;
  readonly elsewhere?: Elsewhere;
  /** Refuses by throwing an ApiError what may not go on although it is authorized: the logical cluster is closed. Absent: nothing is. */
  readonly checkOpen?: (exchange: Exchange) => void;
  /** Absent: nothing is recorded. */
  readonly audit?: Audit;
  /** Absent: nothing is traced. */
  readonly tracer?: Tracer;
  readonly paths: PathHandler;
  /** What is served below `/services/`; absent: nothing. */
  readonly surfaces?: Surfaces;
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
const steps: readonly Step[] = [
  findCluster,
  readInfo,
  checkOrigin,
  authenticate,
  beginTrace,
  beginAudit,
  impersonate,
  foregoAuthorization,
  mayEnter,
  pass,
  checkOpen,
  share,
];

/** The server's one door: from a request to its answer. */
export function createPipeline(deps: PipelineDeps): (request: Request) => Promise<Response> {
  return async (request) => {
    const exchange = newExchange(request, deps);
    let response: Response;
    let failure: unknown;
    let part: Span | undefined;
    try {
      for (const step of steps) {
        part = exchange.span?.child(step.name);
        const waiting = step(exchange, deps);
        if (waiting) await waiting;
        part?.end();
        if (exchange.foregone) break;
      }
      part = undefined;
      response = exchange.foregone ?? (await answer(exchange, deps));
    } catch (thrown) {
      failure = thrown;
      part?.fail(thrown);
      part?.end();
      const turn = refusalTurn(exchange, deps, thrown);
      if (turn) await turn;
      response = refusal(exchange, deps, thrown);
    }
    response = leave(exchange, response);
    if (exchange.audit) response = await recordAnswer(exchange, response, failure);
    if (exchange.span) response = endTrace(exchange, response, failure);
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
    place: undefined,
    user: nobody,
    facts: undefined,
    info: { kind: 'path', verb: request.method.toLowerCase(), path: request.path },
    audit: undefined,
    span: undefined,
    seat: undefined,
    foregone: undefined,
    stream: undefined,
  };
}

const ROOT: ResolvedScope = 'root' as LogicalCluster;

function refusal(exchange: Exchange, { logger }: PipelineDeps, error: unknown): Response {
  if (!(error instanceof ApiError))
    logger.error('request failed unexpectedly', { error, auditId: exchange.auditId, path: exchange.request.path });
  return respondError(exchange, error);
}

function findCluster(exchange: Exchange, deps: PipelineDeps): void | Promise<void> {
  const { request } = exchange;
  const place = locateSurface(deps.surfaces, request, request.header(CLUSTER_HEADER));
  if (place !== undefined) {
    exchange.place = place;
    exchange.cluster = place.cluster;
    exchange.prefix = place.prefix;
    exchange.path = place.path;
    return;
  }
  const token = request.path.startsWith('/clusters/') ? undefined : bearerToken(request);
  const fallback = token === undefined ? undefined : deps.clusterOfToken(token);
  let astray: ClusterPath | undefined;
  const resolve: ResolvePath = (path) => {
    const found = deps.resolvePath(path);
    if (found === undefined) astray = path;
    return found;
  };
  try {
    const located = locate(request.path, request.header(CLUSTER_HEADER), { resolve, fallback });
    exchange.cluster = located.cluster;
    exchange.prefix = located.prefix;
    exchange.path = located.path;
  } catch (error) {
    const there = astray && deps.elsewhere?.(request, { cluster: astray, path: pathInside(request.path) });
    if (there === undefined) throw error;
    return there.then((response) => forego(exchange, response));
  }
}

function foregoAuthorization(exchange: Exchange, { foregone }: PipelineDeps): void | Promise<void> {
  return foregone?.(exchange)?.then((response) => forego(exchange, response));
}

function forego(exchange: Exchange, response: Response): void {
  exchange.foregone = response;
}

/** The bearer token of a request, where it has one: in its Authorization header, or among the sub-protocols of its upgrade. */
export function bearerToken(request: Request): string | undefined {
  const token = parseBearer(request.header('authorization'));
  if (token !== undefined || request.upgrade === undefined) return token;
  const offered = socketToken(request.upgrade);
  return offered.kind === 'token' ? offered.token : undefined;
}

function checkOrigin({ request }: Exchange): void {
  refuseForeignOrigin(request);
}

function authenticate(exchange: Exchange, deps: PipelineDeps): void | Promise<void> {
  const { request, cluster, path } = exchange;
  const asked = authenticateRequest(deps.authenticate, { request, cluster, path });
  if (asked instanceof Promise) return asked.then((result) => admitUser(exchange, result, deps));
  admitUser(exchange, asked, deps);
}

function admitUser(exchange: Exchange, result: Authentication, { scrub, audit }: PipelineDeps): void {
  if (result.kind !== 'none' && result.facts) tell(exchange, result.facts);
  if (result.kind !== 'authenticated') {
    exchange.audit = audit?.begin(exchange);
    annotateFacts(exchange);
    const isPublic = result.kind === 'refused' && result.isPublic === true;
    throw new ApiError('Unauthorized', isPublic ? `Unauthorized: ${result.why}` : 'Unauthorized');
  }
  exchange.user = result.user;
  if (scrub) exchange.request = scrub(exchange.request);
}

function tell(exchange: Exchange, facts: AuthenticationFacts): void {
  exchange.facts = facts;
  for (const text of facts.warnings ?? []) warn(exchange, text);
}

function impersonate(exchange: Exchange, deps: PipelineDeps): void | Promise<void> {
  const asked = deps.impersonate(exchange.user, exchange);
  return asked instanceof Promise ? asked.then((user) => become(exchange, user)) : become(exchange, asked);
}

function mayEnter(exchange: Exchange, deps: PipelineDeps): void | Promise<void> {
  return authorize(exchange, exchange.place ?? deps);
}

/** What a surface does not answer itself goes on as an ordinary request, by whoever the surface says. */
function pass(exchange: Exchange, deps: PipelineDeps): void | Promise<void> {
  const face = exchange.place?.face;
  if (face?.kind !== 'passage') return;
  const goOn = (user: UserInfo): void | Promise<void> => {
    exchange.place = undefined;
    become(exchange, user);
    return authorize(exchange, deps);
  };
  const user = face.enter(exchange);
  return user instanceof Promise ? user.then(goOn) : goOn(user);
}

function become(exchange: Exchange, user: UserInfo): void {
  if (user === exchange.user) return;
  exchange.requestor = exchange.user;
  exchange.user = user;
  exchange.audit?.impersonated(user);
}

function checkOpen(exchange: Exchange, deps: PipelineDeps): void {
  deps.checkOpen?.(exchange);
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

function answer(exchange: Exchange, deps: PipelineDeps): Response | Promise<Response> {
  const { info } = exchange;
  return info.kind === 'resource' ? dispatch(seenFrom(deps, exchange), exchange, info) : deps.paths(exchange, info);
}

/** What a resource request is answered with: on a surface, what the surface has. */
function seenFrom(deps: PipelineDeps, exchange: Exchange): DispatchDeps {
  const face = exchange.place?.face;
  if (face?.kind !== 'view') return deps;
  const reader = face.reader?.(exchange);
  if (reader === undefined) return { ...deps, catalog: face.catalog };
  return {
    ...deps,
    catalog: face.catalog,
    store: readOnly(reader),
    watches: { ...deps.watches, store: readOnly(reader) },
  };
}
