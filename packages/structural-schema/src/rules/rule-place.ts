import { maxCardinality } from '@kcp/cel';
import type { StructuralSchema } from '../structural-schema.ts';
import type { RuleScope } from './rule-scope.ts';
import { declareScope, elementScope, propertyScope } from './rule-scope.ts';
import { mostElements, multiplyCost, TotalCost } from './rule-cost.ts';

/** How the rules of a definition are looked at. */
export interface RuleCheckOptions {
  /** True where the schema was stored before as it is: what an expression may cost was accepted then. */
  readonly isStored: boolean;
}

/** From where on old and new values cannot be matched, by the path of the schema that says so. */
type Uncorrelatable = string | undefined;

interface Above {
  readonly place: RulePlace;
  /** The property; absent for items and values. */
  readonly property?: string;
  readonly uncorrelatable: Uncorrelatable;
}

/**
 * A node of a schema, as the check of its rules sees it (apiextensions validation CELSchemaContext): the types in scope, declared
 * when a rule needs them, and how often a value may occur.
 */
export class RulePlace {
  readonly total: TotalCost;
  readonly options: RuleCheckOptions;
  /** The path within which `oldSelf` cannot be used, as this node is below it. */
  readonly uncorrelatable: Uncorrelatable;
  readonly #schema: StructuralSchema;
  readonly #above: Above | undefined;
  /** A node here or above has rules. */
  readonly #isInScope: boolean;
  /** How often a value occurs at most; undefined where no schema above bounds it. */
  readonly #most: number | undefined;
  #scope: RuleScope | undefined;
  #isDeclared = false;

  private constructor(schema: StructuralSchema, above: Above | undefined, options: RuleCheckOptions) {
    const parent = above?.place;
    this.#schema = schema;
    this.#above = above;
    this.options = options;
    this.total = parent?.total ?? new TotalCost();
    this.uncorrelatable = above?.uncorrelatable;
    this.#isInScope = (parent !== undefined && parent.#isInScope) || schema.validations.length > 0;
    this.#most = parent === undefined ? 1 : parent.#mostBelow();
  }

  /** The place of a whole schema. */
  static root(schema: StructuralSchema, options: RuleCheckOptions): RulePlace {
    return new RulePlace(schema, undefined, options);
  }

  property(name: string, schema: StructuralSchema, uncorrelatable: Uncorrelatable): RulePlace {
    const above = { place: this, property: name, uncorrelatable: this.uncorrelatable ?? uncorrelatable };
    return new RulePlace(schema, above, this.options);
  }

  /** The place of items of a list, or values of a map. */
  element(schema: StructuralSchema, uncorrelatable: Uncorrelatable): RulePlace {
    const above = { place: this, uncorrelatable: this.uncorrelatable ?? uncorrelatable };
    return new RulePlace(schema, above, this.options);
  }

  /** What rules here see; undefined where the node has no type that expressions know. */
  get scope(): RuleScope | undefined {
    if (!this.#isDeclared) {
      this.#scope = this.#declare();
      this.#isDeclared = true;
    }
    return this.#scope;
  }

  /** What a rule that costs so much for one value may cost for all. */
  costOfAll(cost: number): number {
    const { scope } = this;
    return multiplyCost(cost, this.#most ?? (scope === undefined ? 1 : maxCardinality(scope.declared)));
  }

  #declare(): RuleScope | undefined {
    const above = this.#above;
    if (above === undefined || !above.place.#isInScope) return declareScope(this.#schema, above === undefined);
    if (above.property === undefined) return elementScope(above.place.scope, this.#schema);
    return propertyScope(above.place.scope, above.property, this.#schema);
  }

  #mostBelow(): number | undefined {
    const most = mostElements(this.#schema);
    return this.#most === undefined || most === undefined ? undefined : multiplyCost(this.#most, most);
  }
}
