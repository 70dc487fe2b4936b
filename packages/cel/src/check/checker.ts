import { Operator } from '../syntax/ast.ts';
import type { CallExpr, Expr, FoldExpr, IdentExpr, ListExpr, MapExpr, SelectExpr, StructExpr } from '../syntax/ast.ts';
import type { Issue } from '../syntax/issue.ts';
import { listType, mapType, optionalType, paramType, types, unwrapOptional } from '../values/type.ts';
import type { CelType } from '../values/type.ts';
import { typeOf } from '../values/value.ts';
import type { FunctionDeclaration, Overload } from './declaration.ts';
import type { Environment, ResolvedName } from './environment.ts';
import { Scopes } from './scopes.ts';
import { Bindings, isDynamic, mostGeneral, substitute } from './unify.ts';
import type { Substitution } from './unify.ts';

/** What the checker found a node to mean. */
export interface Reference {
  /** A variable's or type's full name; the select that spelled it is then no selection. */
  readonly name?: string;
  /** The type that it names. */
  readonly value?: CelType;
  /** A function's full name; where namespaced, the target was part of the name. */
  readonly fn?: string;
  readonly namespaced?: boolean;
  /** The overloads that may apply. */
  readonly overloads?: readonly Overload[];
}

/** A checked expression: the type of every node, and what names mean. */
export interface Checked {
  readonly types: ReadonlyMap<number, CelType>;
  readonly references: ReadonlyMap<number, Reference>;
  readonly issues: readonly Issue[];
}

/** Finds the type of every node; the rules and words are cel-go's checker's. */
export function check(expr: Expr, env: Environment): Checked {
  const checker = new Checker(env);
  checker.check(expr);
  return checker.finish();
}

class Checker {
  readonly #env: Environment;
  readonly #types = new Map<number, CelType>();
  readonly #references = new Map<number, Reference>();
  readonly #issues: Issue[] = [];
  readonly #scopes = new Scopes();
  readonly #bound = new Bindings();
  #free = 0;

  constructor(env: Environment) {
    this.#env = env;
  }

  finish(): Checked {
    const all = new Map([...this.#types].map(([id, type]) => [id, substitute(this.#bound, type, true)]));
    return { types: all, references: this.#references, issues: this.#issues };
  }

  check(expr: Expr): CelType {
    const type = this.#typeOf(expr);
    this.#types.set(expr.id, type);
    return type;
  }

  #typeOf(expr: Expr): CelType {
    switch (expr.kind) {
      case 'literal':
        return typeOf(expr.value);
      case 'ident':
        return this.#ident(expr);
      case 'select':
        return this.#select(expr);
      case 'call':
        return this.#call(expr);
      case 'list':
        return this.#list(expr);
      case 'map':
        return this.#map(expr);
      case 'struct':
        return this.#struct(expr);
      case 'fold':
        return this.#fold(expr);
    }
  }

  #ident(expr: IdentExpr): CelType {
    const local = this.#scopes.find(expr.name);
    if (local !== undefined) {
      this.#references.set(expr.id, { name: expr.name });
      return local;
    }
    const found = this.#env.findName(expr.name);
    if (found === undefined) return this.#undeclared(expr, expr.name);
    return this.#named(expr, found, this.#scopes.find(expr.name.replace(/^\./, '')) !== undefined);
  }

  #named(expr: Expr, found: ResolvedName, shadowed: boolean): CelType {
    const name = shadowed ? `.${found.name}` : found.name;
    this.#references.set(expr.id, found.value === undefined ? { name } : { name, value: found.value });
    return found.type;
  }

  #undeclared(expr: Expr, name: string): CelType {
    return this.#issue(expr, `undeclared reference to '${name}' (in container '${this.#env.container}')`);
  }

  #select(expr: SelectExpr): CelType {
    const qualified = expr.testOnly ? undefined : qualifiedName(expr);
    const head = qualified?.split('.', 1)[0] ?? '';
    if (qualified !== undefined && this.#scopes.find(head) === undefined) {
      const found = this.#env.findName(qualified);
      const first = qualified.replace(/^\./, '').split('.', 1)[0] ?? '';
      if (found !== undefined) return this.#named(expr, found, this.#scopes.find(first) !== undefined);
    }
    const type = this.#field(expr, { operand: expr.operand, field: expr.field, optional: false });
    return expr.testOnly ? types.bool : this.#resolved(type);
  }

  #field(expr: Expr, at: { operand: Expr; field: string; optional: boolean }): CelType {
    const operand = unwrapOptional(this.#resolved(this.check(at.operand)));
    const type = this.#fieldOf(expr, operand.type, at.field);
    return operand.optional || at.optional ? optionalType(type) : type;
  }

  #fieldOf(expr: Expr, target: CelType, field: string): CelType {
    if (target.kind === 'map') return target.params[1] ?? types.dyn;
    if (target.kind === 'struct') {
      const struct = this.#env.provider.findStruct(target.name);
      if (struct === undefined) return this.#issue(expr, `unexpected failed resolution of '${target.name}'`);
      return struct.field(field) ?? this.#issue(expr, `undefined field '${field}'`);
    }
    if (target.kind === 'param') this.#assign(types.dyn, target);
    else if (!isDynamic(target) && target.kind !== 'error') {
      this.#issue(expr, `type '${target.toString()}' does not support field selection`);
    }
    return types.dyn;
  }

  #call(expr: CallExpr): CelType {
    if (expr.fn === Operator.optionalSelect) return this.#optionalSelect(expr);
    for (const arg of expr.args) this.check(arg);
    if (expr.target === undefined) {
      const fn = this.#env.findFunction(expr.fn);
      return fn === undefined ? this.#undeclared(expr, expr.fn) : this.#overload(expr, fn, { target: undefined });
    }
    const prefix = qualifiedName(expr.target);
    const namespaced = prefix === undefined ? undefined : this.#env.findFunction(`${prefix}.${expr.fn}`);
    if (namespaced !== undefined) return this.#overload(expr, namespaced, { target: undefined, namespaced: true });
    this.check(expr.target);
    const fn = this.#env.findFunction(expr.fn);
    return fn === undefined ? this.#undeclared(expr, expr.fn) : this.#overload(expr, fn, { target: expr.target });
  }

  #optionalSelect(expr: CallExpr): CelType {
    const [operand, field] = expr.args;
    if (operand === undefined || field?.kind !== 'literal' || typeof field.value !== 'string') {
      return this.#issue(expr, 'unsupported optional field selection');
    }
    this.#types.set(field.id, types.string);
    this.#references.set(expr.id, { fn: expr.fn, overloads: [] });
    return this.#resolved(this.#field(expr, { operand, field: field.value, optional: true }));
  }

  #overload(expr: CallExpr, fn: FunctionDeclaration, how: { target: Expr | undefined; namespaced?: boolean }): CelType {
    const operands = how.target === undefined ? expr.args : [how.target, ...expr.args];
    const args = operands.map((arg) => this.#types.get(arg.id) ?? types.error);
    const isMember = how.target !== undefined;
    const candidates = fn.overloads.filter((overload) => overload.member === isMember);
    const found: Overload[] = [];
    let result: CelType | undefined;
    for (const overload of candidates) {
      if (fn.name === Operator.and || fn.name === Operator.or) return this.#logical(expr, overload, args);
      const next = this.#matches(overload, args);
      if (next === undefined) continue;
      found.push(overload);
      if (result === undefined) result = next;
      else if (!isDynamic(result) && !next.equals(result)) result = types.dyn;
    }
    if (result === undefined) {
      const shown = args.map((type) => substitute(this.#bound, type, true).toString());
      const applied = isMember ? `${shown[0]}.(${shown.slice(1).join(', ')})` : `(${shown.join(', ')})`;
      return this.#issue(expr, `found no matching overload for '${fn.name}' applied to '${applied}'`);
    }
    this.#references.set(expr.id, { fn: fn.name, namespaced: how.namespaced === true, overloads: found });
    return result;
  }

  #matches(overload: Overload, args: readonly CelType[]): CelType | undefined {
    if (overload.args.length !== args.length) return undefined;
    const fresh: Substitution = new Map(overload.params.map((name) => [name, this.#freeType()]));
    const wanted = overload.args.map((type) => substitute(fresh, type, false));
    if (!this.#bound.assign(args, wanted)) return undefined;
    return this.#resolved(substitute(fresh, overload.result, false));
  }

  #logical(expr: CallExpr, overload: Overload, args: readonly CelType[]): CelType {
    let fine = true;
    args.forEach((type, i) => {
      if (this.#assign(type, types.bool)) return;
      fine = false;
      this.#mismatch(expr.args[i] ?? expr, types.bool, type);
    });
    if (!fine) return types.error;
    this.#references.set(expr.id, { fn: expr.fn, overloads: [overload] });
    return types.bool;
  }

  #list(expr: ListExpr): CelType {
    let type: CelType | undefined;
    expr.elements.forEach((element, i) => {
      const found = this.#optional(element, this.check(element), expr.optionals.includes(i));
      type = this.#join(type, found);
    });
    return listType(type ?? this.#freeType());
  }

  #map(expr: MapExpr): CelType {
    let key: CelType | undefined;
    let value: CelType | undefined;
    for (const entry of expr.entries) {
      key = this.#join(key, this.check(entry.key));
      value = this.#join(value, this.#optional(entry.value, this.check(entry.value), entry.optional));
    }
    return mapType(key ?? this.#freeType(), value ?? this.#freeType());
  }

  /** What an entry marked `?` adds. */
  #optional(expr: Expr, type: CelType, marked: boolean): CelType {
    if (!marked) return type;
    const inner = unwrapOptional(type);
    if (!inner.optional && !isDynamic(inner.type)) this.#mismatch(expr, optionalType(type), type);
    return inner.type;
  }

  #join(previous: CelType | undefined, current: CelType): CelType {
    if (previous === undefined) return current;
    if (this.#assign(previous, current)) {
      if (current.kind === 'null') return previous;
      return previous.kind === 'null' ? current : mostGeneral(previous, current);
    }
    return types.dyn;
  }

  #struct(expr: StructExpr): CelType {
    const found = this.#env.findTypeName(expr.typeName);
    if (found?.value === undefined) return this.#undeclared(expr, expr.typeName);
    const type = found.value;
    this.#references.set(expr.id, { name: found.name });
    const struct = this.#env.provider.findStruct(found.name);
    if (struct === undefined) return this.#issue(expr, `'${found.name}' is not a message type`);
    for (const init of expr.fields) {
      const given = this.#optional(init.value, this.check(init.value), init.optional);
      const declared = struct.field(init.name) ?? this.#issueAt(init.offset, `undefined field '${init.name}'`);
      if (!this.#assign(declared, given)) {
        this.#issueAt(
          init.offset,
          `expected type of field '${init.name}' is '${declared.toString()}' but provided type is '${given.toString()}'`,
        );
      }
    }
    return type;
  }

  #fold(expr: FoldExpr): CelType {
    const range = this.#resolved(this.check(expr.range));
    const accu = this.check(expr.init);
    this.#scopes.push(new Map([[expr.accuVar, accu]]));
    this.#scopes.push(this.#iteration(expr, range));
    this.#expect(expr.condition, types.bool);
    this.#expect(expr.step, accu);
    this.#scopes.pop();
    const result = this.#resolved(this.check(expr.result));
    this.#scopes.pop();
    return result;
  }

  #iteration(expr: FoldExpr, range: CelType): Map<string, CelType> {
    const [first = types.dyn, second = types.dyn] = range.params;
    let key = first;
    let value = second;
    if (range.kind === 'list') {
      key = expr.iterVar2 === undefined ? first : types.int;
      value = first;
    } else if (range.kind !== 'map') {
      const dynamic = isDynamic(range) || range.kind === 'error' || range.kind === 'param';
      if (dynamic) this.#assign(types.dyn, range);
      else {
        const text = `expression of type '${range.toString()}' cannot be range of a comprehension (must be list, map, or dynamic)`;
        this.#issue(expr.range, text);
      }
      key = dynamic ? types.dyn : types.error;
      value = key;
    }
    const variables = new Map([[expr.iterVar, key]]);
    if (expr.iterVar2 !== undefined) variables.set(expr.iterVar2, value);
    return variables;
  }

  #expect(expr: Expr, wanted: CelType): void {
    const found = this.check(expr);
    if (!this.#assign(wanted, found)) this.#mismatch(expr, wanted, found);
  }

  #assign(to: CelType, from: CelType): boolean {
    return this.#bound.assign([to], [from]);
  }

  #resolved(type: CelType): CelType {
    return substitute(this.#bound, type, false);
  }

  #freeType(): CelType {
    this.#free += 1;
    return paramType(`_var${this.#free - 1}`);
  }

  #mismatch(expr: Expr, wanted: CelType, found: CelType): void {
    this.#issue(expr, `expected type '${wanted.toString()}' but found '${found.toString()}'`);
  }

  #issue(expr: Expr, message: string): CelType {
    return this.#issueAt(expr.offset, message);
  }

  #issueAt(offset: number, message: string): CelType {
    this.#issues.push({ message, offset });
    return types.error;
  }
}

/** `a.b.c` of selects over a name; undefined where it is something else. */
export function qualifiedName(expr: Expr): string | undefined {
  if (expr.kind === 'ident') return expr.name;
  if (expr.kind !== 'select' || expr.testOnly) return undefined;
  const prefix = qualifiedName(expr.operand);
  return prefix === undefined ? undefined : `${prefix}.${expr.field}`;
}
