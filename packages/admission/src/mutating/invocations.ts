import { equal, type KubeObject } from '@kcp/api-machinery';
import type { Mutation } from '../admission.ts';

/**
 * Which policies ran in one request, and which of them are to run once more because the object changed after them
 * (k8s.io/apiserver policy/mutating reinvocationcontext.go).
 */
export class Invocations {
  readonly #ran = new Set<string>();
  readonly #again = new Set<string>();
  #last: KubeObject | undefined;

  /** A pass begins: what others changed since the last one counts as a change. */
  begin({ isSecondPass }: Mutation, object: KubeObject): void {
    if (isSecondPass && !equal(this.#last ?? null, object)) this.changed();
  }

  /** Whether a policy is to run in this pass. */
  mayRun({ isSecondPass }: Mutation, key: string): boolean {
    return !isSecondPass || this.#again.has(key);
  }

  /** A policy that wants to run once more where something changes after it has run. */
  remember(key: string): void {
    this.#ran.add(key);
  }

  /** The object changed: whoever ran before is to run again. */
  changed(): void {
    for (const key of this.#ran) this.#again.add(key);
    this.#ran.clear();
  }

  /** A pass ends with this object. */
  end(object: KubeObject): void {
    this.#last = object;
  }
}
