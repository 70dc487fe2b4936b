import type { Program } from '@kcp/cel';
import type { StructuralSchema, ValidationRule } from '../structural-schema.ts';
import { findField } from '../field-path.ts';
import { childPath, itemPath } from '@kcp/api-machinery';
import { compileRule } from './compile-rule.ts';
import type { RuleScope } from './rule-scope.ts';
import { declareScope, elementScope, propertyScope } from './rule-scope.ts';

/** A rule that is ready to run. */
export interface RunnableRule {
  readonly rule: ValidationRule;
  /** Absent where the rule is blank. */
  readonly program: Program | undefined;
  /** Why it could not be compiled; definitions with such rules are refused, those that were imported past it are not. */
  readonly error: string | undefined;
  readonly usesOldSelf: boolean;
  readonly message: Program | undefined;
  /** The rule's fieldPath as it is put behind the path of the node; '' for none. */
  readonly field: string;
}

interface Above {
  readonly isInScope: boolean;
  readonly declare: () => RuleScope | undefined;
}

/**
 * A node of a schema with rules, or with such nodes below it. What is expensive is done when the first value reaches it: types are
 * declared, rules compiled. It holds nothing of any object.
 */
export class RuleNode {
  readonly schema: StructuralSchema;
  readonly properties: ReadonlyMap<string, RuleNode>;
  /** Of the values of a map. */
  readonly values: RuleNode | undefined;
  readonly items: RuleNode | undefined;
  readonly #declare: () => RuleScope | undefined;
  /** Rules here or above need the types of all that is below. */
  readonly #isInScope: boolean;
  #scope: RuleScope | undefined;
  #isDeclared = false;
  readonly #rules: RunnableRule[] = [];

  private constructor(schema: StructuralSchema, above: Above) {
    const { items, additionalProperties: values } = schema;
    this.schema = schema;
    this.#declare = above.declare;
    this.#isInScope = above.isInScope || schema.validations.length > 0;
    this.properties = new Map(
      [...schema.properties].flatMap(([name, property]) => {
        const node = this.#below(property, (scope) => propertyScope(scope, name, property));
        return node === undefined ? [] : [[name, node] as const];
      }),
    );
    this.items = items && this.#below(items, (scope) => elementScope(scope, items));
    this.values = typeof values === 'object' ? this.#below(values, (scope) => elementScope(scope, values)) : undefined;
  }

  /** The tree of a schema, which `isResource` where it is that of a whole object; undefined where it has no rules. */
  static of(schema: StructuralSchema, isResource: boolean): RuleNode | undefined {
    const root = new RuleNode(schema, { isInScope: false, declare: () => declareScope(schema, isResource) });
    return root.#isEmpty() ? undefined : root;
  }

  #below(
    schema: StructuralSchema,
    declare: (scope: RuleScope | undefined) => RuleScope | undefined,
  ): RuleNode | undefined {
    const isInScope = this.#isInScope;
    const node = new RuleNode(schema, { isInScope, declare: () => declare(isInScope ? this.scope : undefined) });
    return node.#isEmpty() ? undefined : node;
  }

  #isEmpty(): boolean {
    const { schema, properties, items, values } = this;
    return schema.validations.length === 0 && properties.size === 0 && items === undefined && values === undefined;
  }

  /** What the rules see; undefined where the node has no type. */
  get scope(): RuleScope | undefined {
    if (!this.#isDeclared) {
      this.#scope = this.#declare();
      this.#isDeclared = true;
    }
    return this.#scope;
  }

  /** How many rules this node has itself. */
  get count(): number {
    return this.schema.validations.length;
  }

  /** A rule by its place, compiled when it is first asked for; undefined behind the last. */
  rule(at: number): RunnableRule | undefined {
    const written = this.schema.validations[at];
    if (written === undefined) return undefined;
    return (this.#rules[at] ??= runnable(written, this.schema, this.scope));
  }
}

function runnable(rule: ValidationRule, schema: StructuralSchema, scope: RuleScope | undefined): RunnableRule {
  const field = shownField(rule.fieldPath ?? '', schema);
  if (scope === undefined) {
    const error = 'failed to convert to declType for CEL validation rules';
    return { rule, program: undefined, error, usesOldSelf: false, message: undefined, field };
  }
  const { compilation, error, usesOldSelf, message } = compileRule(rule, scope);
  return { rule, program: compilation?.program, error, usesOldSelf, message: message?.program, field };
}

/** A field path as errors show it: `.a['b c']` is `a.b c` in an object and `a[b c]` in a map. */
function shownField(fieldPath: string, schema: StructuralSchema): string {
  const found = fieldPath === '' ? undefined : findField(fieldPath, schema);
  if (found?.found !== true) return '';
  let path = '';
  let at: StructuralSchema | undefined = schema;
  for (const step of found.steps) {
    const property: StructuralSchema | undefined = at?.properties.get(step);
    path = property === undefined ? itemPath(path, step) : childPath(path, step);
    const values: StructuralSchema | boolean | undefined = at?.additionalProperties;
    at = property ?? (typeof values === 'object' ? values : undefined);
  }
  return path;
}
