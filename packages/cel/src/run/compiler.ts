import type { Checked, Reference } from '../check/checker.ts';
import { qualifiedName } from '../check/checker.ts';
import type { Overload } from '../check/declaration.ts';
import type { Environment } from '../check/environment.ts';
import { actualCost } from '../cost/actual.ts';
import { Operator } from '../syntax/ast.ts';
import type { CallExpr, Expr, FoldExpr, IdentExpr, ListExpr, MapExpr, SelectExpr, StructExpr } from '../syntax/ast.ts';
import { asString } from '../values/expect.ts';
import { Fault } from '../values/fault.ts';
import { MapBuilder } from '../values/map.ts';
import { ArrayList } from '../values/value.ts';
import type { Value } from '../values/value.ts';
import { hasField, indexValue, optionalField, optionalIndex, selectField } from './access.ts';
import { comparisonCode } from './compare-code.ts';
import { dispatchOf } from './dispatch.ts';
import { collectCode, collectMapCode, existsOneCode, foldCode, quantifierCode } from './fold-code.ts';
import type { ScanCode } from './fold-code.ts';
import { charge } from './frame.ts';
import type { Code } from './frame.ts';
import {
  accessCode,
  bound,
  constant,
  localCode,
  notCode,
  notStrictlyFalseCode,
  orElseCode,
  unwrap,
} from './leaf-code.ts';
import { andCode, conditionalCode, orCode } from './logic.ts';

/** Code and the names of the free variables that it reads, in the order of their slots. */
export interface Compiled {
  readonly code: Code;
  readonly variables: readonly string[];
}

/** Turns a tree into closures. Without a check, names and overloads are found while running. */
export function compileTree(expr: Expr, env: Environment, checked: Checked | undefined): Compiled {
  const compiler = new Compiler(env, checked?.references ?? new Map<number, Reference>());
  const code = compiler.compile(expr);
  return { code, variables: compiler.variables };
}

class Compiler {
  readonly variables: string[] = [];
  readonly #env: Environment;
  readonly #references: ReadonlyMap<number, Reference>;
  readonly #scopes: Map<string, number>[] = [];
  #locals = 0;

  constructor(env: Environment, references: ReadonlyMap<number, Reference>) {
    this.#env = env;
    this.#references = references;
  }

  compile(expr: Expr): Code {
    switch (expr.kind) {
      case 'literal': {
        const { value } = expr;
        return () => value;
      }
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

  #ident(expr: IdentExpr): Code {
    const reference = this.#references.get(expr.id);
    if (reference?.value !== undefined) return constant(reference.value);
    const slot = this.#local(expr.name);
    if (slot !== undefined) return localCode(slot);
    return this.#variable(reference?.name === undefined ? this.#env.candidates(expr.name) : [reference.name]);
  }

  #local(name: string): number | undefined {
    for (let i = this.#scopes.length - 1; i >= 0; i -= 1) {
      const slot = this.#scopes[i]?.get(name);
      if (slot !== undefined) return slot;
    }
    return undefined;
  }

  #variable(names: readonly string[]): Code {
    const [first = ''] = names;
    const slots = names.map((name) => this.#slot(name.replace(/^\./, '')));
    const [slot = 0] = slots;
    const type = names.map((name) => this.#env.findTypeName(`.${name}`)?.value).find((found) => found !== undefined);
    if (slots.length === 1 && type === undefined) {
      return (frame) => {
        charge(frame, 1);
        return bound(frame.variables[slot], first);
      };
    }
    return (frame) => {
      charge(frame, 1);
      const found = slots.find((each) => frame.variables[each] !== undefined);
      return bound(found === undefined ? type : frame.variables[found], first);
    };
  }

  #slot(name: string): number {
    const found = this.variables.indexOf(name);
    if (found >= 0) return found;
    this.variables.push(name);
    return this.variables.length - 1;
  }

  #select(expr: SelectExpr): Code {
    const { field } = expr;
    const reference = this.#references.get(expr.id);
    if (reference?.value !== undefined) return constant(reference.value);
    if (reference?.name !== undefined) return this.#variable([reference.name]);
    const operand = this.compile(expr.operand);
    if (expr.testOnly) return (frame) => hasField(operand(frame), field);
    const select: Code = (frame) => {
      const value = operand(frame);
      charge(frame, 1);
      return selectField(value, field);
    };
    return this.#references.size === 0 ? this.#qualified(expr, select) : select;
  }

  /** Without a check, `a.b` may be a variable of that name. */
  #qualified(expr: SelectExpr, select: Code): Code {
    const name = qualifiedName(expr);
    if (name === undefined || this.#local(name.split('.', 1)[0] ?? '') !== undefined) return select;
    const names = this.#env.candidates(name);
    const type = names.map((each) => this.#env.findTypeName(`.${each}`)?.value).find((found) => found !== undefined);
    const slots = names.map((each) => this.#slot(each));
    return (frame) => {
      const found = slots.find((slot) => frame.variables[slot] !== undefined);
      const value = found === undefined ? type : frame.variables[found];
      return value === undefined ? select(frame) : value;
    };
  }

  #call(expr: CallExpr): Code {
    const reference = this.#references.get(expr.id);
    const namespaced = reference?.namespaced ?? this.#isNamespaced(expr);
    const operands = expr.target === undefined || namespaced ? expr.args : [expr.target, ...expr.args];
    const args = operands.map((arg) => this.compile(arg));
    const fn = reference?.fn ?? (namespaced ? `${qualifiedName(expr.target ?? expr)}.${expr.fn}` : expr.fn);
    return this.#builtIn(fn, args) ?? this.#general(fn, args, this.#overloads(expr, fn, reference));
  }

  #isNamespaced(expr: CallExpr): boolean {
    const prefix = expr.target === undefined ? undefined : qualifiedName(expr.target);
    return prefix !== undefined && this.#env.findFunction(`${prefix}.${expr.fn}`) !== undefined;
  }

  #overloads(expr: CallExpr, fn: string, reference: Reference | undefined): readonly Overload[] {
    if (reference?.overloads !== undefined) return reference.overloads;
    const all = this.#env.findFunction(fn)?.overloads ?? [];
    return all.filter((overload) => overload.args.length === expr.args.length + (overload.member ? 1 : 0));
  }

  #builtIn(fn: string, args: readonly Code[]): Code | undefined {
    const [first, second, third] = args;
    if (first === undefined) return undefined;
    if (fn === Operator.not) return notCode(first);
    if (fn === Operator.notStrictlyFalse) return notStrictlyFalseCode(first);
    if (second === undefined) return undefined;
    switch (fn) {
      case Operator.and:
        return andCode(first, second);
      case Operator.or:
        return orCode(first, second);
      case Operator.conditional:
        return third && conditionalCode(first, second, third);
      case Operator.index:
        return accessCode(first, second, indexValue);
      case Operator.optionalIndex:
        return accessCode(first, second, optionalIndex);
      case Operator.optionalSelect:
        return accessCode(first, second, (value, key) => optionalField(value, asString(key)));
      case 'or':
        return orElseCode(first, second, (found) => found);
      case 'orValue':
        return orElseCode(first, second, (found) => found.value ?? null);
      default:
        return comparisonCode(fn, first, second);
    }
  }

  #general(fn: string, args: readonly Code[], overloads: readonly Overload[]): Code {
    const dispatch = dispatchOf(overloads);
    return (frame) => {
      const values = args.map((arg) => arg(frame));
      const { run, id } = dispatch(values);
      const result = run(...values);
      charge(frame, actualCost({ fn, overload: id, args: values, result }));
      return result;
    };
  }

  #list(expr: ListExpr): Code {
    const elements = expr.elements.map((element) => this.compile(element));
    if (expr.optionals.length === 0) {
      return (frame) => {
        const items = elements.map((element) => element(frame));
        charge(frame, 10);
        return new ArrayList(items);
      };
    }
    const optionals = new Set(expr.optionals);
    return (frame) => {
      const items: Value[] = [];
      elements.forEach((element, i) => {
        const item = optionals.has(i) ? unwrap(element(frame)) : element(frame);
        if (item !== undefined) items.push(item);
      });
      charge(frame, 10);
      return new ArrayList(items);
    };
  }

  #map(expr: MapExpr): Code {
    const entries = expr.entries.map(({ key, value, optional }) => {
      return { key: this.compile(key), value: this.compile(value), optional };
    });
    return (frame) => {
      const builder = new MapBuilder();
      for (const { key, value, optional } of entries) {
        const k = key(frame);
        const v = optional ? unwrap(value(frame)) : value(frame);
        if (v !== undefined) builder.add(k, v);
      }
      charge(frame, 30);
      return builder.build();
    };
  }

  #struct(expr: StructExpr): Code {
    const name = this.#env.findTypeName(expr.typeName)?.name ?? expr.typeName;
    const struct = this.#env.provider.findStruct(name);
    const fields = expr.fields.map((init) => ({ ...init, code: this.compile(init.value) }));
    return (frame) => {
      const values = new Map<string, Value>();
      for (const { name: field, code, optional } of fields) {
        const value = optional ? unwrap(code(frame)) : code(frame);
        if (value !== undefined) values.set(field, value);
      }
      charge(frame, 40);
      if (struct?.create === undefined) throw new Fault(`unknown type: ${name}`);
      return struct.create(values);
    };
  }

  #fold(expr: FoldExpr): Code {
    const range = this.compile(expr.range);
    const init = this.compile(expr.init);
    const accu = this.#newLocal();
    this.#scopes.push(new Map([[expr.accuVar, accu]]));
    const key = this.#newLocal();
    const value = expr.iterVar2 === undefined ? -1 : this.#newLocal();
    const variables = new Map([[expr.iterVar, key]]);
    if (expr.iterVar2 !== undefined) variables.set(expr.iterVar2, value);
    this.#scopes.push(variables);
    // the parts of a loop are compiled once, whichever it is: twice would be exponential in how deep loops nest
    const special = this.#specialFold(expr, { range, key, value });
    if (special !== undefined) {
      this.#scopes.pop();
      this.#scopes.pop();
      return special;
    }
    const condition = this.compile(expr.condition);
    const step = this.compile(expr.step);
    this.#scopes.pop();
    const result = this.compile(expr.result);
    this.#scopes.pop();
    return foldCode({ range, init, condition, step, result, accu, key, value });
  }

  /** The macros' own loops. */
  #specialFold(expr: FoldExpr, at: Pick<ScanCode, 'range' | 'key' | 'value'>): Code | undefined {
    const { step } = expr;
    if (step.kind !== 'call') return undefined;
    const filtered = step.fn === Operator.conditional;
    const inner = filtered ? step.args[1] : step;
    const compile = (part: Expr | undefined): Code | undefined => part && this.compile(part);
    const predicate = (): Code | undefined => compile(filtered ? step.args[0] : undefined);
    switch (expr.macro) {
      case 'all':
      case 'exists':
        return quantifierCode({ ...at, predicate: compile(step.args[1]), transform: [] }, expr.macro === 'exists');
      case 'exists_one':
      case 'existsOne':
        return existsOneCode({ ...at, predicate: predicate(), transform: [] });
      case 'map':
      case 'filter':
      case 'transformList': {
        const list = inner?.kind === 'call' ? inner.args[1] : undefined;
        const item = compile(list?.kind === 'list' ? list.elements[0] : undefined);
        return item && collectCode({ ...at, predicate: predicate(), transform: [item] });
      }
      case 'transformMap':
      case 'transformMapEntry': {
        const parts = inner?.kind === 'call' ? inner.args.slice(1) : [];
        return collectMapCode({ ...at, predicate: predicate(), transform: parts.map((part) => this.compile(part)) });
      }
      default:
        return undefined;
    }
  }

  #newLocal(): number {
    this.#locals += 1;
    return this.#locals - 1;
  }
}
