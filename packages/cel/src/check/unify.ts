import { listType, mapType, opaqueType, types, typeType } from '../values/type.ts';
import type { CelType } from '../values/type.ts';

/** What type parameters stand for. */
export interface Substitution {
  get(name: string): CelType | undefined;
}

const nullable: ReadonlySet<string> = new Set(['opaque', 'struct', 'any', 'timestamp', 'duration']);

/**
 * What type parameters stand for while an expression is checked. What an attempt bound is taken back where the attempt fails, by a
 * list of changes: a copy for each call would make long expressions quadratic.
 */
export class Bindings implements Substitution {
  readonly #bound = new Map<string, CelType>();
  #changes: (readonly [name: string, before: CelType | undefined])[] = [];

  get(name: string): CelType | undefined {
    return this.#bound.get(name);
  }

  set(name: string, type: CelType): void {
    this.#changes.push([name, this.#bound.get(name)]);
    this.#bound.set(name, type);
  }

  /** Whether each second type may be used where the first is asked for; if so, what follows from it is bound. */
  assign(to: readonly CelType[], from: readonly CelType[]): boolean {
    this.#changes = [];
    if (unifyAll(this, to, from)) return true;
    for (const [name, before] of this.#changes.reverse()) {
      if (before === undefined) this.#bound.delete(name);
      else this.#bound.set(name, before);
    }
    return false;
  }
}

/** dyn, any or what had an error. */
export function isDynamic(type: CelType): boolean {
  return type.kind === 'dyn' || type.kind === 'any';
}

function isDynOrError(type: CelType): boolean {
  return isDynamic(type) || type.kind === 'error';
}

function unify(bound: Bindings, a: CelType, b: CelType): boolean {
  if (b.kind === 'param') {
    const tried = bindParam(bound, b, a);
    if (tried !== 'no') return tried === 'yes';
  }
  if (a.kind === 'param') return bindParam(bound, a, b) === 'yes';
  if (isDynOrError(a) || isDynOrError(b)) return true;
  if (a.kind === 'null') return acceptsNull(b);
  if (b.kind === 'null') return acceptsNull(a);
  if (a.kind === 'type') return b.kind === 'type';
  if (a.kind !== b.kind || a.name !== b.name) return false;
  return a.kind !== 'opaque' && a.kind !== 'list' && a.kind !== 'map' ? true : unifyAll(bound, a.params, b.params);
}

function unifyAll(bound: Bindings, a: readonly CelType[], b: readonly CelType[]): boolean {
  return a.length === b.length && a.every((type, i) => unify(bound, type, b[i] ?? types.error));
}

function acceptsNull(type: CelType): boolean {
  return type.kind === 'null' || type.wrapper || nullable.has(type.kind);
}

/** yes: bound or compatible; never: already bound to something else; no: it would occur in itself. */
function bindParam(bound: Bindings, param: CelType, to: CelType): 'yes' | 'no' | 'never' {
  if (to.kind === 'param' && to.name === param.name) return 'yes';
  const current = bound.get(param.name);
  if (current !== undefined) {
    if (current.equals(to)) return 'yes';
    if (!unify(bound, to, current)) return 'never';
    const general = mostGeneral(to, current);
    if (!occurs(bound, param, general)) bound.set(param.name, general);
    return 'yes';
  }
  if (occurs(bound, param, to)) return 'no';
  bound.set(param.name, to);
  return 'yes';
}

function occurs(bound: Substitution, param: CelType, within: CelType): boolean {
  if (within.kind === 'param') {
    if (within.name === param.name) return true;
    const current = bound.get(within.name);
    return current !== undefined && occurs(bound, param, current);
  }
  return within.params.some((type) => occurs(bound, param, type));
}

/** The more general of two types that go together. */
export function mostGeneral(a: CelType, b: CelType): CelType {
  return isLessSpecific(a, b) ? a : b;
}

function isLessSpecific(a: CelType, b: CelType): boolean {
  if (isDynamic(a) || a.kind === 'param') return true;
  if (isDynamic(b) || b.kind === 'param') return false;
  if (a.kind !== b.kind) return false;
  if (a.kind === 'type') return true;
  if (a.kind === 'opaque' || a.kind === 'list' || a.kind === 'map') {
    if (a.name !== b.name || a.params.length !== b.params.length) return false;
    return a.params.every((param, i) => isLessSpecific(param, b.params[i] ?? types.dyn));
  }
  return a.equals(b);
}

/** Replaces bound type parameters; those that are free become dyn where asked. */
export function substitute(bound: Substitution, type: CelType, freeToDyn: boolean): CelType {
  if (type.kind === 'param') {
    const current = bound.get(type.name);
    if (current !== undefined) return substitute(bound, current, freeToDyn);
    return freeToDyn ? types.dyn : type;
  }
  if (type.params.length === 0) return type;
  const params = type.params.map((param) => substitute(bound, param, freeToDyn));
  const [first = types.dyn, second = types.dyn] = params;
  if (type.kind === 'list') return listType(first);
  if (type.kind === 'map') return mapType(first, second);
  if (type.kind === 'type') return typeType(first);
  return opaqueType(type.name, params);
}
