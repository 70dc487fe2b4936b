import type { Checked } from '../check/checker.ts';
import type { CallExpr, Expr, FoldExpr, SelectExpr } from '../syntax/ast.ts';
import { Operator } from '../syntax/ast.ts';
import { pointCount } from '../values/text.ts';
import { types } from '../values/type.ts';
import type { CelType } from '../values/type.ts';
import { estimateCall } from './call-estimate.ts';
import type { CallEstimate, Operand } from './call-estimate.ts';
import { either, endless, exactly, plus, times, unknownSize } from './interval.ts';
import type { Interval } from './interval.ts';

/** Tells how large the data at a path can be: a variable, then fields, `@items`, `@keys`, `@values`. */
export type SizeOf = (path: readonly string[]) => Interval | undefined;

/** Of a list or map: how large its keys and values are. */
interface EntrySize {
  readonly key: Interval;
  readonly value: Interval;
}

interface Local {
  readonly path: readonly string[] | undefined;
  readonly size: Interval | undefined;
  readonly entry: EntrySize | undefined;
}

const scalars: ReadonlySet<string> = new Set(['bool', 'double', 'duration', 'int', 'timestamp', 'uint']);

/** The least and the most that an expression can cost (cel-go checker/cost.go with Kubernetes' library/cost.go). */
export function estimateCost(expr: Expr, checked: Checked, sizeOf: SizeOf = () => undefined): Interval {
  return new Estimator(checked, sizeOf).cost(expr);
}

class Estimator {
  readonly #checked: Checked;
  readonly #sizeOf: SizeOf;
  readonly #paths = new Map<number, readonly string[]>();
  readonly #sizes = new Map<number, Interval>();
  readonly #entries = new Map<number, EntrySize>();
  readonly #locals: (readonly [name: string, local: Local])[] = [];

  constructor(checked: Checked, sizeOf: SizeOf) {
    this.#checked = checked;
    this.#sizeOf = sizeOf;
  }

  cost(expr: Expr): Interval {
    switch (expr.kind) {
      case 'literal':
        return exactly(0);
      case 'ident':
        this.#setPath(
          expr,
          this.#local(expr.name)?.path ?? (this.#local(expr.name) === undefined ? [expr.name] : undefined),
        );
        return exactly(1);
      case 'select':
        return this.#select(expr);
      case 'call':
        return this.#call(expr);
      case 'list':
        return this.#collection(expr, [], expr.elements, 10);
      case 'map': {
        const keys = expr.entries.map((entry) => entry.key);
        return this.#collection(
          expr,
          keys,
          expr.entries.map((entry) => entry.value),
          30,
        );
      }
      case 'struct':
        return plus(exactly(40), ...expr.fields.map((field) => this.cost(field.value)));
      case 'fold':
        return expr.iterVar === '#unused' ? this.#bind(expr) : this.#fold(expr);
    }
  }

  #select(expr: SelectExpr): Interval {
    const name = this.#checked.references.get(expr.id)?.name;
    if (name !== undefined) {
      this.#setPath(expr, [name]);
      return exactly(1);
    }
    const operand = this.cost(expr.operand);
    if (expr.testOnly) return operand;
    const path = this.#pathOf(expr.operand);
    this.#setPath(expr, [...path, expr.field]);
    const { kind } = this.#type(expr.operand);
    return kind === 'map' || kind === 'struct' || kind === 'param' ? plus(operand, exactly(1)) : operand;
  }

  #call(expr: CallExpr): Interval {
    const reference = this.#checked.references.get(expr.id);
    const costs = expr.args.map((arg) => this.cost(arg));
    if (expr.fn === 'dyn' && expr.args[0] !== undefined) {
      this.#copy(expr, expr.args[0]);
      return plus(exactly(1), ...costs);
    }
    const target = reference?.namespaced === true ? undefined : expr.target;
    const targetCost = target === undefined ? exactly(0) : this.cost(target);
    const args = expr.args.map((arg) => this.#operand(arg));
    const overloads = reference?.overloads ?? [];
    let cost: Interval | undefined;
    let size: Interval | undefined;
    for (const { id } of overloads) {
      const fn = reference?.fn ?? expr.fn;
      const estimate = estimateCall({ fn, overload: id, target: target && this.#operand(target), args });
      const whole = this.#withArguments(expr, estimate, costs);
      cost = cost === undefined ? whole : either(cost, whole);
      if (estimate.size !== undefined) size = size === undefined ? estimate.size : either(size, estimate.size);
      this.#afterCall(expr, id);
    }
    const found = size ?? this.#size(expr);
    if (found !== undefined) this.#sizes.set(expr.id, found);
    return plus(targetCost, cost ?? plus(...costs));
  }

  /** Logic and choice do not compute all of their operands. */
  #withArguments(expr: CallExpr, estimate: CallEstimate, costs: readonly Interval[]): Interval {
    const [first = exactly(0), second = exactly(0), third = exactly(0)] = costs;
    if (expr.fn === Operator.and || expr.fn === Operator.or) return { min: first.min, max: plus(first, second).max };
    if (expr.fn === Operator.conditional) return plus(first, either(second, third));
    return plus(estimate.cost, ...costs);
  }

  #afterCall(expr: CallExpr, overload: string): void {
    const [first, second, third] = expr.args;
    if (first === undefined) return;
    if (overload === 'index_list' || overload === 'index_map') {
      const path = this.#pathOf(first);
      this.#setPath(expr, [...path, overload === 'index_list' ? '@items' : '@values']);
      const entry = this.#entry(first);
      if (entry !== undefined) this.#sizes.set(expr.id, entry.value);
    }
    if (second === undefined) return;
    if (overload === 'conditional' && third !== undefined) this.#joinEntries(expr, second, third);
    if (overload.startsWith('add_')) this.#joinEntries(expr, first, second);
  }

  #joinEntries(expr: Expr, a: Expr, b: Expr): void {
    const x = this.#entry(a);
    const y = this.#entry(b);
    if (x === undefined || y === undefined) return;
    this.#entries.set(expr.id, { key: either(x.key, y.key), value: either(x.value, y.value) });
  }

  #collection(expr: Expr, keys: readonly Expr[], values: readonly Expr[], base: number): Interval {
    const cost = plus(exactly(base), ...keys.map((key) => this.cost(key)), ...values.map((value) => this.cost(value)));
    const join = (all: readonly Expr[]): Interval =>
      all.length === 0 ? exactly(0) : all.map((each) => this.#sizeOrUnknown(each)).reduce(either);
    this.#entries.set(expr.id, { key: keys.length === 0 ? exactly(1) : join(keys), value: join(values) });
    return cost;
  }

  #bind(expr: FoldExpr): Interval {
    const before = plus(this.cost(expr.range), this.cost(expr.init));
    this.#push(expr.accuVar, this.#localOf(expr.init));
    const result = this.cost(expr.result);
    this.#locals.pop();
    this.#copy(expr, expr.result);
    return plus(before, result);
  }

  #fold(expr: FoldExpr): Interval {
    const before = plus(this.cost(expr.range), this.cost(expr.init));
    this.#push(expr.accuVar, { ...this.#localOf(expr.init), path: undefined });
    const variables = this.#iterate(expr);
    const loop = plus(this.cost(expr.condition), this.cost(expr.step));
    const stepEntry = this.#entry(expr.step);
    for (let i = 0; i < variables; i += 1) this.#locals.pop();
    const result = this.cost(expr.result);
    this.#locals.pop();
    const count = this.#sizeOrUnknown(expr.range);
    if (expr.init.kind === 'literal') this.#sizes.set(expr.id, this.#sizeOrUnknown(expr.init));
    else {
      this.#sizes.set(expr.id, count);
      if (stepEntry !== undefined) this.#entries.set(expr.id, stepEntry);
    }
    return plus(before, result, times(count, loop));
  }

  /** Declares the loop's variables; how many there are. */
  #iterate(expr: FoldExpr): number {
    const path = this.#pathOf(expr.range);
    const entry = this.#entry(expr.range);
    const isMap = this.#type(expr.range).kind === 'map';
    const at = (part: string, size: Interval | undefined): Local => ({
      path: [...path, part],
      size,
      entry: undefined,
    });
    const key = at('@keys', entry?.key);
    const value = at(isMap ? '@values' : '@items', entry?.value);
    if (expr.iterVar2 === undefined) {
      this.#push(expr.iterVar, isMap ? key : value);
      return 1;
    }
    this.#push(expr.iterVar, isMap ? key : { path: undefined, size: exactly(1), entry: undefined });
    this.#push(expr.iterVar2, value);
    return 2;
  }

  #operand(expr: Expr): Operand {
    const type = this.#type(expr);
    const item = type.kind === 'list' ? type.params[0] : undefined;
    if (item === undefined) return { expr, type, size: this.#sizeOrUnknown(expr), itemSize: undefined };
    const path = this.#paths.get(expr.id);
    const itemSize = (path && this.#sizeOf([...path, '@items'])) ?? unknownSize;
    return { expr, type, size: this.#sizeOrUnknown(expr), itemSize };
  }

  #sizeOrUnknown(expr: Expr): Interval {
    return this.#size(expr) ?? unknownSize;
  }

  #size(expr: Expr): Interval | undefined {
    const known = this.#sizes.get(expr.id) ?? literalSize(expr);
    if (known !== undefined) return known;
    const path = this.#paths.get(expr.id);
    const declared = path === undefined ? undefined : this.#sizeOf(path);
    if (declared !== undefined) return declared;
    if (isScalar(this.#type(expr))) return exactly(1);
    return expr.kind === 'ident' ? this.#local(expr.name)?.size : undefined;
  }

  #entry(expr: Expr): EntrySize | undefined {
    return this.#entries.get(expr.id) ?? (expr.kind === 'ident' ? this.#local(expr.name)?.entry : undefined);
  }

  #localOf(expr: Expr): Local {
    return { path: this.#paths.get(expr.id), size: this.#size(expr), entry: this.#entry(expr) };
  }

  #local(name: string): Local | undefined {
    return this.#locals.findLast(([each]) => each === name)?.[1];
  }

  #push(name: string, local: Local): void {
    this.#locals.push([name, local]);
  }

  #copy(to: Expr, from: Expr): void {
    const size = this.#size(from);
    const entry = this.#entry(from);
    if (size !== undefined) this.#sizes.set(to.id, size);
    if (entry !== undefined) this.#entries.set(to.id, entry);
  }

  /**
   * Where the parts of an expression's value are looked for. As in cel-go, what is computed has an empty path, and the first
   * step below it is taken for the variable: `f(self)[0]` is as large as `self`.
   */
  #pathOf(expr: Expr): readonly string[] {
    return this.#paths.get(expr.id) ?? [];
  }

  #setPath(expr: Expr, path: readonly string[] | undefined): void {
    if (path !== undefined) this.#paths.set(expr.id, path);
  }

  #type(expr: Expr): CelType {
    return this.#checked.types.get(expr.id) ?? types.dyn;
  }
}

function isScalar(type: CelType): boolean {
  if (scalars.has(type.kind)) return true;
  const [inner] = type.params;
  return type.kind === 'opaque' && type.name === 'optional_type' && inner !== undefined && isScalar(inner);
}

function literalSize(expr: Expr): Interval | undefined {
  if (expr.kind === 'list') return exactly(expr.elements.length);
  if (expr.kind === 'map') return exactly(expr.entries.length);
  if (expr.kind !== 'literal') return undefined;
  if (typeof expr.value === 'string') return exactly(pointCount(expr.value));
  return exactly(expr.value instanceof Uint8Array ? expr.value.length : 1);
}

/** Whether an estimate says nothing. */
export function isEndless(cost: Interval): boolean {
  return cost.max >= endless;
}
