import { ApiError, formatTime, instantOf, type KubeObject } from '@kcp/api-machinery';
import { remaining, type Client, type ResourceClient } from '@kcp/client';
import {
  done,
  type Clock,
  type EventRecorder,
  type Lister,
  type Reconcile,
  type ReconcileContext,
  type ReconcileKey,
} from '@kcp/controller';
import type { LogicalCluster } from '@kcp/logical-cluster';
import { configSpreads, FINALIZER, SPREAD_LABEL } from './config-spread.ts';
import { isOwned, mend, plan, type Plan } from './plan.ts';
import { statusOf, type Outcome } from './status.ts';

/** What the reconciler reads, and what it writes with. */
export interface SpreadDeps {
  readonly spreads: Lister<KubeObject>;
  readonly namespaces: Lister<KubeObject>;
  /** Those with the label. */
  readonly copies: Lister<KubeObject, 'spread'>;
  readonly clientOf: (cluster: LogicalCluster) => Client;
  readonly recorder: EventRecorder;
  readonly clock: Clock;
}

/** The value of the index `spread`: names are unique in a logical cluster only. */
export function spreadIndexValue(cluster: string, name: string): string {
  return `${cluster}/${name}`;
}

const configMaps = { group: '', version: 'v1', resource: 'configmaps' };

/** Brings the copies of a ConfigSpread to what it asks for, and says in its status how that went. */
export function configSpreadReconciler(deps: SpreadDeps): Reconcile {
  return async (key, context) => {
    const spread = deps.spreads.get(key);
    if (spread === undefined) return done;
    const attempt = new Attempt(deps, key, context);
    await (spread.metadata.deletionTimestamp === undefined ? attempt.spread(spread) : attempt.cleanUp(spread));
    return done;
  };
}

/** One call of reconcile. Every write looks first whether it may still be done. */
class Attempt {
  readonly #deps: SpreadDeps;
  readonly #key: ReconcileKey;
  readonly #signal: AbortSignal;
  readonly #spreads: ResourceClient<KubeObject>;
  readonly #configMaps: ResourceClient<KubeObject>;

  constructor(deps: SpreadDeps, key: ReconcileKey, { signal }: ReconcileContext) {
    const client = deps.clientOf(key.cluster);
    this.#deps = deps;
    this.#key = key;
    this.#signal = signal;
    this.#spreads = client.resource(configSpreads);
    this.#configMaps = client.resource(configMaps);
  }

  async spread(seen: KubeObject): Promise<void> {
    const spread = await this.#withFinalizer(seen);
    const { cluster, name } = this.#key;
    const world = {
      namespaces: this.#deps.namespaces.list({ cluster }),
      copies: this.#deps.copies.byIndex('spread', spreadIndexValue(cluster, name)),
    };
    let steps: Plan;
    try {
      steps = plan(spread, world);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      return this.#report(spread, { copies: world.copies.length, taken: [], invalid: error.message });
    }
    const taken = await this.#carryOut(spread, steps);
    await this.#report(spread, { copies: steps.copies - taken.length, taken });
  }

  /** Before the first copy is made: else nobody would clean it up. */
  async #withFinalizer(spread: KubeObject): Promise<KubeObject> {
    const { finalizers = [], resourceVersion = '' } = spread.metadata;
    if (finalizers.includes(FINALIZER)) return spread;
    const patch = { metadata: { resourceVersion, finalizers: [...finalizers, FINALIZER] } };
    return this.#spreads.patch(this.#key.name, { type: 'merge', patch }, this.#write());
  }

  /** The namespaces where the name is taken. */
  async #carryOut(spread: KubeObject, steps: Plan): Promise<string[]> {
    const taken: string[] = [];
    for (const copy of steps.delete) await this.#delete(copy);
    for (const copy of steps.update) await this.#in(copy).update(copy, this.#write());
    for (const copy of steps.create) if (!(await this.#create(spread, copy))) taken.push(copy.metadata.namespace ?? '');
    if (steps.create.length > taken.length)
      this.#tell(spread, 'Normal', 'Spread', `made ${steps.create.length - taken.length} copies`);
    if (taken.length > 0)
      this.#tell(spread, 'Warning', 'NameTaken', `another owner has the name in ${taken.join(', ')}`);
    return taken;
  }

  /** What exists is ours after all (its label went, or the cache is behind), or somebody else's: false. */
  async #create(spread: KubeObject, copy: KubeObject): Promise<boolean> {
    try {
      await this.#in(copy).create(copy, this.#write());
      return true;
    } catch (error) {
      if (!(error instanceof ApiError) || error.reason !== 'AlreadyExists') throw error;
    }
    const found = await this.#in(copy).get(this.#key.name, this.#write());
    if (!isOwned(found, spread)) return false;
    await this.#in(copy).update(mend(found, copy), this.#write());
    return true;
  }

  /** Asks the server, not the cache: a copy that the cache does not know yet must not be left behind. */
  async cleanUp(spread: KubeObject): Promise<void> {
    const { finalizers = [], resourceVersion = '' } = spread.metadata;
    if (!finalizers.includes(FINALIZER)) return;
    const labelSelector = `${SPREAD_LABEL}=${this.#key.name}`;
    for await (const copy of this.#configMaps.items({ labelSelector, signal: this.#signal })) {
      if (isOwned(copy, spread)) await this.#delete(copy);
    }
    const patch = { metadata: { resourceVersion, finalizers: finalizers.filter((name) => name !== FINALIZER) } };
    await this.#spreads.patch(this.#key.name, { type: 'merge', patch }, this.#write());
  }

  async #delete({ metadata }: KubeObject): Promise<void> {
    const { name = '', namespace = '', uid = '' } = metadata;
    try {
      const left = await this.#configMaps
        .namespace(namespace)
        .delete(name, { preconditions: { uid }, ...this.#write() });
      if (remaining(left) !== undefined) throw new Error(`${namespace}/${name} waits for a finalizer of its own`);
    } catch (error) {
      const isGone = error instanceof ApiError && (error.reason === 'NotFound' || error.reason === 'Conflict');
      if (!isGone) throw error;
    }
  }

  async #report(spread: KubeObject, outcome: Outcome): Promise<void> {
    const status = statusOf(spread, outcome, formatTime(instantOf(this.#deps.clock.now())) ?? '');
    if (status === undefined) return;
    // another object of the name has another uid: its status is not ours to write
    const patch = { type: 'merge', patch: { metadata: { uid: spread.metadata.uid }, status } } as const;
    await this.#spreads.subresource('status').patch(this.#key.name, patch, this.#write());
  }

  #tell(regarding: KubeObject, type: 'Normal' | 'Warning', reason: string, note: string): void {
    this.#deps.recorder.record({ cluster: this.#key.cluster, regarding, type, reason, action: 'Spread', note });
  }

  #in({ metadata }: KubeObject): ResourceClient<KubeObject> {
    return this.#configMaps.namespace(metadata.namespace ?? '');
  }

  #write(): { readonly signal: AbortSignal; readonly fieldManager: string } {
    this.#signal.throwIfAborted();
    return { signal: this.#signal, fieldManager: 'config-spread' };
  }
}
