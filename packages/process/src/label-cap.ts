import type { Labels } from '@kcp/telemetry';

/** What stands for all values beyond the cap. */
const rest = 'other';

/** Bounds how many values each label of one metric takes, whoever chooses them: metrics do not grow with tenants. */
export class LabelCap {
  readonly #most: number;
  readonly #seen = new Map<string, Set<string>>();

  constructor(names: readonly string[], most: number) {
    this.#most = most;
    for (const name of names) this.#seen.set(name, new Set());
  }

  /** The labels as they are, or with `other` for values that are too many. Labels that were not declared are dropped. */
  capped(labels: Labels): Labels {
    for (const name in labels) {
      if (!this.#takes(name, labels[name] ?? '')) return this.#rewritten(labels);
    }
    return labels;
  }

  #takes(name: string, value: string): boolean {
    const seen = this.#seen.get(name);
    if (!seen) return false;
    if (seen.has(value)) return true;
    if (seen.size >= this.#most) return false;
    seen.add(value);
    return true;
  }

  #rewritten(labels: Labels): Labels {
    const rewritten: Record<string, string> = {};
    for (const name of this.#seen.keys()) {
      if (!Object.hasOwn(labels, name)) continue;
      const value = labels[name] ?? '';
      rewritten[name] = this.#takes(name, value) ? value : rest;
    }
    return rewritten;
  }
}
