import {
  createPipeline,
  inProcessWriter,
  watchDefinitions,
  type Audit,
  type PreparingWriter,
  type Offload,
  type WriteDeps,
} from '@kcp/apiserver';
import type { UserInfo } from '@kcp/auth';
import { EVENT_TTL_MS, LEGACY_TOKEN_PERIOD_MS, objectQuotas, type Signing } from '@kcp/builtins';
import type { Handler } from '@kcp/http';
import type { ObjectWriter } from '@kcp/object-store';
import { silentMeter, type Tracer } from '@kcp/telemetry';
import { admissionOrder } from './admission-order.ts';
import { ambient } from './ambient.ts';
import { startControllers, type RunningControllers } from './controllers.ts';
import { endpoints, type EndpointParts, type LifeState } from './endpoints.ts';
import { endingWhenInactive, refuseInactive } from './inactive-clusters.ts';
import { identity, type IdentityParts } from './identity.ts';
import { fairness } from './fairness.ts';
import { legacyTokenUses } from './legacy-token-uses.ts';
import { impersonation } from './impersonation.ts';
import type { ServerOptions } from './options.ts';
import { isEnabled } from './feature-gates.ts';
import { mounts } from './mounts.ts';
import { tenancy } from './tenancy.ts';
import { requestMetrics } from './request-metrics.ts';
import { scrubbing } from './scrubbed-request.ts';
import { serving } from './serving.ts';
import { surfaces } from './surfaces.ts';

/** What is at hand before anything is wired. */
export interface WiringParts
  extends Omit<IdentityParts, 'onLegacyUse'>, Pick<EndpointParts, 'serverUrl' | 'storageProblem'> {
  readonly store: ObjectWriter;
  /** What the server is checked by, PEM, asked whenever it is written down. */
  readonly authority: () => string;
  readonly signing: Signing;
  /** Where large work is done. */
  readonly offload: Offload;
  /** Absent: nothing is recorded of requests. */
  readonly audit?: Audit | undefined;
  /** Absent: nothing is traced. */
  readonly tracer?: Tracer | undefined;
}

/** A server, wired: its handler, and what runs beside it. */
export interface Wired {
  readonly handler: Handler;
  /** Writes as the server itself. */
  readonly writer: PreparingWriter;
  /** The controllers write through this store only. */
  startControllers(store: ObjectWriter): RunningControllers;
  /** From now on `/readyz` says so. */
  ready(): void;
  /** From now on `/readyz` says that the server stops. */
  stopping(): void;
}

/** In whose name the server's own controllers write. */
const SERVER_USER: UserInfo = {
  name: 'system:kcp',
  uid: '',
  groups: ['system:masters', 'system:authenticated'],
  extra: {},
};

/** Joins the parts: contracts that sit low are filled with what sits high. */
export function wire(options: ServerOptions, parts: WiringParts): Wired {
  const { store, logger, offload } = parts;
  const { clock, newId, random } = ambient;
  const meter = options.meter ?? silentMeter;
  const state: LifeState = { ready: false, stopping: false };
  const uses = legacyTokenUses({ clock, logger, meter });
  const who = identity(options, { ...parts, onLegacyUse: uses.note }, ambient);
  const { builtins, index, checks, catalog } = serving(store, offload, {
    identity: who,
    accounts: parts.accounts,
    conversion: { outbound: parts.outbound, newUid: newId },
    meter,
  });
  const admission = admissionOrder({
    store,
    catalog,
    authorize: who.may.authorize,
    authorizeInside: who.may.authorizeInside,
    outbound: parts.outbound,
    newId,
    clock,
    isOwn: (user) => user === SERVER_USER,
    totalObjectLimit: options.totalObjectLimit ?? 0,
    objectCountIntervalMs: options.objectCountIntervalMs ?? 60_000,
    disallowedIssuers: parts.accounts.issuers,
  });
  const quota = objectQuotas({
    store,
    prepare: (address, change) => writer.prepareUpdate(address, change, 'status'),
  });
  const tenants = tenancy(options, {
    store,
    clock,
    writer: () => writer,
    authorize: who.may.authorize,
    rootCertificates: parts.authority,
  });
  const writes: WriteDeps = {
    store,
    admission,
    quota,
    companions: tenants.companions,
    standing: tenants.standing,
    random,
    newUid: newId,
  };
  const writer: PreparingWriter = inProcessWriter({ ...writes, catalog, clock }, SERVER_USER);
  uses.writeWith(writer);
  const { authenticate } = who;
  const elsewhere = mounts(options, { ...parts, clock, authenticate });
  const handler = createPipeline({
    ...writes,
    catalog,
    watches: {
      store,
      definitions: endingWhenInactive({
        store,
        clusters: who.clusters,
        definitions: watchDefinitions(store, catalog),
      }),
      random,
    },
    resolvePath: tenants.resolvePath,
    clusterOfToken: who.clusterOfToken,
    authenticate,
    ...(parts.signIn.isIdentityHeader && { scrub: scrubbing(parts.signIn.isIdentityHeader) }),
    impersonate: impersonation(who.may.authorize),
    ...(elsewhere && { elsewhere }),
    ...(tenants.foregone && { foregone: tenants.foregone }),
    checkOpen: refuseInactive(who.clusters),
    fair: fairness(options.fairness, meter),
    authorize: who.may.authorize,
    ...(parts.audit && { audit: parts.audit }),
    ...(parts.tracer && { tracer: parts.tracer }),
    surfaces: surfaces({ store, catalog, authorize: who.may.authorize, resolvePath: tenants.resolvePath }),
    paths: endpoints(options, { ...parts, catalog, state }),
    offload,
    clock,
    newId,
    logger,
    observe: requestMetrics(meter, clock),
  });
  const controllers = {
    index,
    checks,
    builtins,
    catalog,
    issuer: who.issuer,
    rootCertificates: parts.authority,
    bootstrapTokens: options.bootstrapTokens ?? false,
    legacyTokenPeriodMs: options.legacyTokenPeriodMs ?? LEGACY_TOKEN_PERIOD_MS,
    eventTtlMs: options.eventTtlMs ?? EVENT_TTL_MS,
    signing: parts.signing,
    birth: tenants.birth,
    mounts: isEnabled(options, 'WorkspaceMounts'),
    externalUrl: parts.serverUrl,
    logger,
    meter,
  };
  return {
    handler,
    writer,
    startControllers: (own) =>
      startControllers({
        ...controllers,
        store: own,
        writer: inProcessWriter({ ...writes, store: own, catalog, clock }, SERVER_USER),
      }),
    ready: () => {
      state.ready = true;
    },
    stopping: () => {
      state.stopping = true;
    },
  };
}
