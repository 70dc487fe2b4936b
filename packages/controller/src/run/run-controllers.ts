import type { Logger, Meter } from '@kcp/telemetry';
import type { Clock } from '../clock.ts';
import { startController } from '../controller.ts';
import { runElection, type ElectionOptions, type Term } from '../election/leader-election.ts';
import type { Reconcile } from '../reconcile.ts';
import { WatchedSource } from '../source/watched-source.ts';
import type { Watched, WatchedChange } from '../source/watched.ts';
import { Health } from './health.ts';
import { untilAborted } from './until-aborted.ts';

/** A controller of objects on a server, as it is written. */
export interface ControllerDefinition {
  /** In logs, metrics and so on; constant, in lower case with dashes. */
  readonly name: string;
  /** What it hears of: the objects that it reconciles, those that it makes, those that it depends on. */
  readonly watches: readonly Watched[];
  readonly reconcile: Reconcile;
  /** How many keys are worked on at a time; 4 where it is not given. */
  readonly concurrency?: number;
}

/** What is run. */
export interface RunOptions {
  readonly controllers: readonly ControllerDefinition[];
  /** Where several processes run the same controllers: only the one that holds the lease works, the others keep their caches. */
  readonly election?: Pick<
    ElectionOptions,
    'client' | 'identity' | 'name' | 'leaseDurationMs' | 'renewDeadlineMs' | 'retryPeriodMs' | 'random'
  >;
  /** Runs steadily: `steadyClock`. */
  readonly clock: Clock;
  readonly logger: Logger;
  readonly meter: Meter;
  /** Aborting it ends everything in order. */
  readonly signal: AbortSignal;
  /** Filled with what is going on, for /readyz and /healthz; a fresh one where it is not given. */
  readonly health?: Health;
}

const CONCURRENCY = 4;

/** After so long without a cache that holds the present, the log says so. */
const SLOW_SYNC_MS = 30_000;

/**
 * Runs controllers until the signal is aborted: starts what they watch, waits until every cache holds the present, then for the
 * lease where there is one, then works. A lost lease stops the work at once and makes a candidate again. At the end work that
 * is ready gets a grace (`startController`), then the lease is given back, then the watches end. Rejects with what is no
 * ordinary failure only, such as settings that cannot be.
 */
export async function runControllers(options: RunOptions): Promise<void> {
  const { controllers, signal, clock, logger, health = new Health() } = options;
  const reflectors = new Set(controllers.flatMap(({ watches }) => watches.map(({ reflector }) => reflector)));
  await using stack = new AsyncDisposableStack();
  for (const reflector of reflectors) stack.use(reflector);
  if (signal.aborted) return;
  for (const reflector of reflectors) reflector.start();
  const slow = clock.after(SLOW_SYNC_MS, () => logger.warn('Caches are still waiting for what there is'));
  stack.use(slow);
  const synced = Promise.all([...reflectors].map((reflector) => reflector.synced));
  await Promise.race([synced, untilAborted(signal)]);
  slow[Symbol.dispose]();
  if (signal.aborted) return;
  health.set({ synced: true });
  logger.info('Caches hold what there is');
  // awaited here: what the stack holds ends when this function returns
  if (options.election === undefined) await work(options, forever, health);
  else await lead(options, options.election, health);
}

/** Candidate and leader in turn; a new candidacy begins only when all work of the term before is over. */
async function lead(options: RunOptions, election: NonNullable<RunOptions['election']>, health: Health): Promise<void> {
  const { clock, logger, meter, signal } = options;
  while (!signal.aborted) {
    health.set({ role: 'candidate' });
    const end = await runElection({ ...election, clock, logger, meter }, (term) => work(options, term, health), signal);
    health.set({ role: 'none', workingControllers: 0 });
    if (end === 'left') return;
  }
}

/** The term of a process that contends with nobody. */
const forever: Term = { signal: new AbortController().signal, isCurrent: () => true };

/** The end of everything leaves a grace, the loss of the lease does not. */
async function work(options: RunOptions, term: Term, health: Health): Promise<void> {
  const { clock, logger, meter, controllers } = options;
  const running = controllers.map(({ name, watches, reconcile, concurrency = CONCURRENCY }) =>
    startController<WatchedChange>({
      name,
      source: new WatchedSource(watches, clock),
      keysOf: (change) => change(),
      reconcile: fenced(reconcile, term),
      concurrency,
      signal: term.signal,
      clock,
      logger,
      meter,
    }),
  );
  health.set({ role: 'worker', workingControllers: running.length });
  await untilAborted(options.signal, term.signal);
  await Promise.all(running.map((controller) => controller[Symbol.asyncDispose]()));
}

/** No call begins once the lease may be another's, however late the timers of a process that was frozen are. */
function fenced(reconcile: Reconcile, term: Term): Reconcile {
  return (key, context) => {
    if (!term.isCurrent()) throw new Error('the lease is lost');
    return reconcile(key, context);
  };
}
