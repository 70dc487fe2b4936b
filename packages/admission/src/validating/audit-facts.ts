import type { AdmissionAttributes } from '../admission.ts';
import type { Fact } from './decide.ts';

/** The longest value of an audit annotation, in UTF-16 units; what is longer is cut. */
const LONGEST = 10 * 1024;

/** What the bindings of one policy add to the audit events: different values of a key are joined. */
export class AuditFacts {
  readonly #policy: string;
  readonly #values = new Map<string, Set<string>>();

  constructor(policy: string) {
    this.#policy = policy;
  }

  add({ key, value }: Fact): void {
    const values = this.#values.get(key) ?? new Set();
    values.add(value.slice(0, LONGEST));
    this.#values.set(key, values);
  }

  publish(attributes: AdmissionAttributes): void {
    for (const [key, values] of this.#values) attributes.annotate(`${this.#policy}/${key}`, [...values].join(', '));
  }
}
