import type { FieldError, Json } from '@kcp/api-machinery';
import { perRequestLimit } from '@kcp/cel';
import type { StructuralSchema } from '../structural-schema.ts';
import { RuleNode } from './rule-node.ts';
import { RuleRun } from './rule-run.ts';
import { RuleTarget } from './rule-target.ts';

/** A default, and the node that has it. */
export interface DefaultValue {
  readonly schema: StructuralSchema;
  readonly value: Json;
  /** The path of the default in the definition. */
  readonly at: string;
  /** Whether the node is a whole resource. */
  readonly isResource: boolean;
}

/**
 * Runs rules on the defaults of their nodes (apiextensions defaulting.ValidateDefaults). All defaults of a schema share what one
 * request may cost.
 */
export class DefaultRuleCheck {
  #budget = perRequestLimit;

  /** True once no rule may run any more: then no further default is looked at. */
  get isSpent(): boolean {
    return this.#budget < 0;
  }

  /** What is wrong with a default that its schema accepts: as a value that stays, and as one that is new. */
  errors({ schema, value, at, isResource }: DefaultValue): readonly FieldError[] {
    const node = RuleNode.of(schema, isResource);
    if (node === undefined) return [];
    const staying = this.#run(RuleTarget.root(node, { value, old: value }, at));
    const { errors } = staying.findings;
    const appearing = errors.length > 0 ? staying : this.#run(RuleTarget.root(node, { value, old: undefined }, at));
    this.#budget = Math.min(staying.remaining, appearing.remaining);
    return appearing.findings.errors;
  }

  #run(target: RuleTarget): RuleRun {
    const run = new RuleRun(target, { budget: this.#budget, ratchets: false });
    run.proceed(() => false);
    return run;
  }
}
