import { randomUUID } from 'node:crypto';
import { hostname } from 'node:os';
import { connectClient, type Client } from '@kcp/client';
import {
  EventRecorder,
  eventSinkOf,
  generationChanged,
  Health,
  keyOfObject,
  labelsChanged,
  leaseClientOf,
  ownerKeys,
  runControllers,
  steadyClock,
  systemClock,
  watched,
  type ControllerDefinition,
  type RunOptions,
} from '@kcp/controller';
import type { LogicalCluster } from '@kcp/logical-cluster';
import type { ProgramMeter } from '@kcp/process';
import type { Logger } from '@kcp/telemetry';
import { isOfAllClusters, makeCaches, type Caches } from './caches.ts';
import { findConnection } from './connection.ts';
import type { SpreadFlags } from './flags.ts';
import { serveProbes } from './probes.ts';
import { configSpreadReconciler, type SpreadDeps } from './reconciler.ts';

/** What the program brings. */
export interface Surroundings {
  readonly logger: Logger;
  readonly meter: ProgramMeter;
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** Aborting it ends everything in order. */
  readonly signal: AbortSignal;
}

/** The controller under way. */
export interface Spreading {
  readonly probesUrl: string;
  /** Fulfils when everything has ended. */
  readonly ended: Promise<undefined>;
}

/** Joins the parts. Rejects where there is no server to be found in the configuration; one that is away is waited for. */
export async function startSpreading(flags: SpreadFlags, surroundings: Surroundings): Promise<Spreading> {
  const { logger, meter, environment, signal } = surroundings;
  await using stack = new AsyncDisposableStack();
  const connection = await findConnection({ kubeconfig: flags.kubeconfig, context: flags.context, environment });
  const client = stack.use(connectClient(connection, { userAgent: 'config-spread' }));
  const clientOf = (cluster: LogicalCluster): Client => (isOfAllClusters(client) ? client.cluster(cluster) : client);
  const instance = `${hostname()}_${randomUUID()}`;
  const recorder = stack.use(
    new EventRecorder({
      sink: eventSinkOf(clientOf),
      reporter: { controller: 'contrib.kcp.io/config-spread', instance: instance.slice(0, 128) },
      clock: systemClock,
      logger,
      meter,
    }),
  );
  const caches = makeCaches(client, { clock: steadyClock, random: Math.random, logger, meter });
  const health = new Health();
  const probes = stack.use(await serveProbes({ address: flags.probeAddress, port: flags.probePort, health, meter }));
  const election = flags.leaderElect ? { election: electionOf(flags, client, instance) } : {};
  const deps = { ...caches, clientOf, recorder, clock: systemClock };
  const controllers = [configSpread(caches, deps, flags.concurrency)];
  const running = runControllers({ controllers, ...election, clock: steadyClock, logger, meter, signal, health });
  const owned = stack.move();
  return { probesUrl: probes.url, ended: untilEnded(running, owned) };
}

async function untilEnded(running: Promise<void>, owned: AsyncDisposable): Promise<undefined> {
  await using _owned = owned;
  await running;
  return undefined;
}

/** What it hears of: what is asked for, the copies by their owner, and namespaces, any of which may concern every spread. */
function configSpread(caches: Caches, deps: SpreadDeps, concurrency: number): ControllerDefinition {
  const { spreads, reflectors } = caches;
  return {
    name: 'config-spread',
    watches: [
      watched(reflectors.spreads, { when: generationChanged }),
      watched(reflectors.copies, {
        keysOf: ownerKeys({ group: 'contrib.kcp.io', kind: 'ConfigSpread', isNamespaced: false }),
      }),
      watched(reflectors.namespaces, {
        when: labelsChanged,
        keysOf: ({ key }) => spreads.list({ cluster: key.cluster }).map((spread) => keyOfObject(spread, key.cluster)),
      }),
    ],
    reconcile: configSpreadReconciler(deps),
    concurrency,
  };
}

function electionOf(flags: SpreadFlags, client: Client, identity: string): NonNullable<RunOptions['election']> {
  const at = { namespace: flags.leaderElectResourceNamespace, name: flags.leaderElectResourceName };
  const home = isOfAllClusters(client) ? client.cluster(flags.leaderElectCluster) : client;
  return {
    client: leaseClientOf(home, at),
    identity,
    name: flags.leaderElectResourceName,
    leaseDurationMs: flags.leaderElectLeaseDuration,
    renewDeadlineMs: flags.leaderElectRenewDeadline,
    retryPeriodMs: flags.leaderElectRetryPeriod,
    random: Math.random,
  };
}
