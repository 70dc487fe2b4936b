import type { FieldError, FieldErrorType, JsonObject } from '@kcp/api-machinery';
import type { StructuralSchema } from '../structural-schema.ts';
import { RuleNode } from './rule-node.ts';
import { RuleRun } from './rule-run.ts';
import { RuleTarget } from './rule-target.ts';

/** Bytes that a compiled rule takes, and each character of its expressions; measured over the rules of some 150 schemas, rounded up. */
const BYTES_PER_RULE = 2_048;
const BYTES_PER_CHARACTER = 64;

/** The rules of a schema; compiled as values reach them, shared by all who have equal schemas. */
export class RuleSet {
  /** Estimated bytes of memory that all rules take once they are compiled; the types that they see come with the schema. */
  readonly bytes: number;
  readonly #root: RuleNode;

  private constructor(root: RuleNode) {
    this.#root = root;
    this.bytes = bytesOf(root);
  }

  /** undefined where the schema has no rules. */
  static of(schema: StructuralSchema): RuleSet | undefined {
    const root = RuleNode.of(schema, true);
    return root && new RuleSet(root);
  }

  /** Begins to validate an object that the schema accepts, and for an update the one it takes the place of. */
  start(object: JsonObject, old?: JsonObject): RuleRun {
    return new RuleRun(RuleTarget.root(this.#root, { value: object, old }));
  }
}

function bytesOf({ schema, properties, items, values }: RuleNode): number {
  let bytes = 0;
  for (const { rule, messageExpression = '' } of schema.validations) {
    bytes += BYTES_PER_RULE + (rule.length + messageExpression.length) * BYTES_PER_CHARACTER;
  }
  for (const below of [...properties.values(), items, values]) if (below !== undefined) bytes += bytesOf(below);
  return bytes;
}

const BLOCKING: ReadonlySet<FieldErrorType> = new Set([
  'FieldValueNotSupported',
  'FieldValueRequired',
  'FieldValueTooLong',
  'FieldValueTooMany',
  'FieldValueTypeInvalid',
]);

/** What is said instead of running rules on an object that they could stumble over; undefined where they can be run. */
export function rulesBlockedBy(errors: readonly FieldError[]): FieldError | undefined {
  return errors.some(({ type }) => BLOCKING.has(type)) ? NOT_CHECKED : undefined;
}

const NOT_CHECKED: FieldError = {
  type: 'FieldValueInvalid',
  field: '<nil>',
  message:
    'Invalid value: null: some validation rules were not checked because the object was invalid; correct the existing errors to complete validation',
};
