import {
  createPipeline,
  inProcessWriter,
  watchDefinitions,
  type InProcessWriter,
  type Offload,
  type WriteDeps,
} from '@kcp/apiserver';
import type { UserInfo } from '@kcp/auth';
import { namespaceLifecycle } from '@kcp/builtins';
import type { Handler } from '@kcp/http';
import type { ObjectWriter } from '@kcp/object-store';
import { silentMeter, type Logger } from '@kcp/telemetry';
import { ambient } from './ambient.ts';
import { startControllers } from './controllers.ts';
import { endpoints, type EndpointParts, type LifeState } from './endpoints.ts';
import { identity, type IdentityParts } from './identity.ts';
import { impersonation } from './impersonation.ts';
import type { ServerOptions } from './options.ts';
import { requestMetrics } from './request-metrics.ts';
import { serving } from './serving.ts';

/** What is at hand before anything is wired. */
export interface WiringParts extends IdentityParts, Pick<EndpointParts, 'serverUrl'> {
  readonly store: ObjectWriter;
  /** The certificate that the server is checked by, PEM. */
  readonly authority: string;
  /** Where large work is done. */
  readonly offload: Offload;
  readonly logger: Logger;
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
  const who = identity(options, parts, ambient);
  const { builtins, index, checks, catalog } = serving(store, offload, who);
  const writes: WriteDeps = { store, admission: [namespaceLifecycle(store)], random, newUid: newId };
  const writer = inProcessWriter({ ...writes, catalog, clock }, SERVER_USER);
  const handler = createPipeline({
    ...writes,
    catalog,
    watches: { store, definitions: watchDefinitions(store, catalog), random },
    resolvePath: () => undefined,
    clusterOfToken: who.clusterOfToken,
    authenticate: who.authenticate,
    impersonate: impersonation(who.may.authorize),
    authorize: who.may.authorize,
    paths: endpoints(options, { ...parts, catalog, state }),
    offload,
    clock,
    newId,
    logger,
    observe: requestMetrics(meter, clock),
  });
  const controllers = {
    store,
    index,
    checks,
    builtins,
    catalog,
    writer,
    issuer: who.issuer,
    rootCertificates: parts.authority,
    logger,
    meter,
  };
  return {
    handler,
    writer,
    startControllers: () => startControllers(controllers),
    ready: () => {
      state.ready = true;
    },
    stopping: () => {
      state.stopping = true;
    },
  };
}
