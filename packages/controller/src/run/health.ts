/** What is going on in a process that runs controllers. */
export interface HealthState {
  /** All caches hold the present, or did once: they may be behind, but are whole. */
  readonly synced: boolean;
  /** `worker`: reconciles. `candidate`: waits for the lease. */
  readonly role: 'none' | 'candidate' | 'worker';
  readonly workingControllers: number;
}

/** What `runControllers` tells a probe; written by it only. */
export class Health {
  #state: HealthState = { synced: false, role: 'none', workingControllers: 0 };

  get state(): HealthState {
    return this.#state;
  }

  /** True when this process does its part: a candidate that waits is ready, or a rollout of two replicas never ends. */
  get isReady(): boolean {
    return this.#state.synced && this.#state.role !== 'none';
  }

  set(change: Partial<HealthState>): void {
    this.#state = { ...this.#state, ...change };
  }
}
