import { equal, type KubeObject } from '@kcp/api-machinery';
import type { Mutation } from '../admission.ts';

/**
 * Which webhooks are asked again in the second pass over a request: those that want it and were asked before something else changed
 * the object (k8s.io/apiserver webhookReinvokeContext).
 */
export class Reinvocation {
  /** When the first pass began, in milliseconds. */
  readonly began: number;
  #waiting = new Set<string>();
  readonly #again = new Set<string>();
  #output: KubeObject | undefined;

  constructor(began: number) {
    this.began = began;
  }

  /** The second pass begins with this object: what other plug-ins changed since counts as well. */
  resume(object: KubeObject | undefined): void {
    const isSame = object === this.#output || (object && this.#output && equal(object, this.#output));
    if (isSame !== true) this.changed();
  }

  /** The pass ends with this object. */
  suspend(object: KubeObject | undefined): void {
    this.#output = object;
  }

  /** The object is another one now. */
  changed(): void {
    for (const id of this.#waiting) this.#again.add(id);
    this.#waiting = new Set();
  }

  /** A webhook was asked that wants to be asked again. */
  asked(id: string): void {
    this.#waiting.add(id);
  }

  isWanted(id: string): boolean {
    return this.#again.has(id);
  }
}

/** What is known of each request that is under way. */
export class Reinvocations {
  readonly #known = new WeakMap<Mutation, Reinvocation>();

  /** `now` in milliseconds. */
  of(mutation: Mutation, now: number): Reinvocation {
    const known = this.#known.get(mutation) ?? new Reinvocation(now);
    this.#known.set(mutation, known);
    return known;
  }
}
