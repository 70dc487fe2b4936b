import { randomBytes, randomUUID } from 'node:crypto';
import {
  createOpenApi,
  createPathHandler,
  createPipeline,
  inProcessWriter,
  watchDefinitions,
  type HealthChecks,
  type InProcessWriter,
  type PipelineDeps,
  type WriteDeps,
} from '@kcp/apiserver';
import {
  authorization,
  bootstrapPolicy,
  rbac,
  serviceAccountIssuer,
  withFixedPolicy,
  type StaticToken,
  type UserInfo,
} from '@kcp/auth';
import { sharedDefinitions } from '@kcp/apis';
import { builtinResources, namespaceLifecycle } from '@kcp/builtins';
import type { Handler } from '@kcp/http';
import { systemAdmin, type LogicalCluster } from '@kcp/logical-cluster';
import type { ObjectWriter } from '@kcp/object-store';
import { silentMeter, type Logger } from '@kcp/telemetry';
import { crdCatalog, DefinitionIndex, definitionResource, ServedDefinitions } from '@kcp/crd';
import type { ServedGroup, ServedResource } from '@kcp/apiserver';
import { startControllers } from './controllers.ts';
import type { AdminCredentials } from './admin-credentials.ts';
import { authenticators } from './authentication.ts';
import { layeredCatalog } from './catalog.ts';
import { impersonation } from './impersonation.ts';
import { logicalClusterLookup } from './logical-clusters.ts';
import type { ServerOptions } from './options.ts';
import { ruleSource } from './rule-source.ts';
import { serverVersion } from './server-version.ts';
import type { ServiceAccountKeys } from './service-account-keys.ts';

/** What is at hand before anything is wired. */
export interface WiringParts {
  readonly store: ObjectWriter;
  readonly credentials: AdminCredentials;
  readonly keys: ServiceAccountKeys;
  readonly tokens: readonly StaticToken[];
  /** The certificate that the server is checked by, PEM. */
  readonly authority: string;
  readonly logger: Logger;
  /** The server's URL, once the door is open. */
  readonly serverUrl: () => string;
}

/** A server, wired: its handler, and what runs beside it. */
export interface Wired {
  readonly handler: Handler;
  /** Writes as the server itself. */
  readonly writer: InProcessWriter;
  startControllers(): AsyncDisposable;
  /** From now on `/readyz` says so. */
  ready(): void;
  /** From now on `/readyz` says that the server stops. */
  stopping(): void;
}

/** How much may be remembered of which definitions logical clusters have. */
const DEFINITION_INDEX_BYTES = 64 * 1024 * 1024;
const ISSUER = 'https://kcp.default.svc';
const SERVER_USER: UserInfo = {
  name: 'system:kcp',
  uid: '',
  groups: ['system:masters', 'system:authenticated'],
  extra: {},
};

/** Joins the parts: contracts that sit low are filled with what sits high. */
export function wire(options: ServerOptions, parts: WiringParts): Wired {
  const { store, keys, logger } = parts;
  const clock = (): number => Date.now();
  const newId = (): string => randomUUID();
  const random = (): number => randomBytes(4).readUInt32BE() / 2 ** 32;
  const issuer = serviceAccountIssuer({ key: keys.signing, issuer: ISSUER, clock, uuid: newId });
  const rules = rbac({ source: withFixedPolicy(ruleSource(store), systemAdmin, bootstrapPolicy()) });
  const may = authorization({
    rbac: rules,
    logicalCluster: logicalClusterLookup(store),
    ...(options.alwaysAllowPaths && { alwaysAllowPaths: options.alwaysAllowPaths }),
  });
  const authenticate = authenticators({
    store,
    credentials: parts.credentials,
    tokens: parts.tokens,
    keys: keys.verification,
    issuer: ISSUER,
    audiences: [ISSUER],
    clock,
    anonymous: options.anonymousAuth ?? true,
  });
  const definitions = definitionGroup(definitionResource());
  const builtins = [
    ...builtinResources({ store, issuer, audiences: [ISSUER], authorize: may.authorize, authenticate, rbac: rules }),
    definitions,
  ];
  const definitionIndex = new DefinitionIndex(store, DEFINITION_INDEX_BYTES);
  const catalog = layeredCatalog(
    builtins,
    crdCatalog({ store, index: definitionIndex, served: new ServedDefinitions() }),
  );
  const writes: WriteDeps = { store, admission: [namespaceLifecycle(store)], random, newUid: newId };
  const state = { ready: false, stopping: false };
  const paths = createPathHandler({
    catalog,
    checks: healthChecks(state),
    version: serverVersion(),
    serverAddress: () => parts.serverUrl().replace('https://', ''),
    metrics:
      options.metrics ?? (() => Promise.resolve({ text: '', contentType: 'text/plain; version=0.0.4; charset=utf-8' })),
    openApi: createOpenApi(sharedDefinitions()),
  });
  const pipeline: PipelineDeps = {
    ...writes,
    catalog,
    watches: { store, definitions: watchDefinitions(store, catalog), random },
    resolvePath: () => undefined,
    clusterOfToken: (token) => clusterOfToken(authenticate, token),
    authenticate,
    impersonate: impersonation(may.authorize),
    authorize: may.authorize,
    paths,
    clock,
    newId,
    logger,
    observe: () => {},
  };
  const writer = inProcessWriter({ ...writes, catalog, clock }, SERVER_USER);
  return {
    handler: createPipeline(pipeline),
    writer,
    startControllers: () =>
      startControllers({
        store,
        index: definitionIndex,
        builtins,
        catalog,
        writer,
        issuer,
        rootCertificates: parts.authority,
        logger,
        meter: options.meter ?? silentMeter,
      }),
    ready: () => {
      state.ready = true;
    },
    stopping: () => {
      state.stopping = true;
    },
  };
}

function definitionGroup(resource: ServedResource): ServedGroup {
  const { group, version } = resource.gvr;
  return { group, origin: 'builtin', versions: [{ version, resources: [resource] }] };
}

function healthChecks(state: { readonly ready: boolean; readonly stopping: boolean }): HealthChecks {
  const ping = { name: 'ping', check: () => undefined };
  const started = { name: 'started', check: () => (state.ready ? undefined : 'the server is starting') };
  const shutdown = { name: 'shutdown', check: () => (state.stopping ? 'the server is stopping' : undefined) };
  return { healthz: [ping], livez: [ping], readyz: [ping, started, shutdown] };
}

const CLUSTER_NAME = 'authentication.kcp.io/cluster-name';

/** The logical cluster of a service-account token that is good: where a path names none, it is meant. */
function clusterOfToken(authenticate: PipelineDeps['authenticate'], token: string): LogicalCluster | undefined {
  if (!token.startsWith('ey')) return undefined;
  const answer = authenticate({ token, certificate: undefined });
  if (answer instanceof Promise || answer.kind !== 'authenticated') return undefined;
  return answer.user.extra[CLUSTER_NAME]?.[0] as LogicalCluster | undefined;
}
