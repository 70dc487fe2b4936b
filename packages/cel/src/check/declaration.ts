import type { Macro } from '../syntax/macro.ts';
import type { CelType } from '../values/type.ts';
import type { Value } from '../values/value.ts';
import { signature } from './signature.ts';
import type { Signature } from './signature.ts';

/** Computes a result; throws Fault. Arguments have the overload's types. */
export type Implementation = (...args: readonly Value[]) => Value;

/** One way to call a function. Its id is cel-go's: the cost of a call hangs on it. */
export interface Overload extends Signature {
  readonly id: string;
  /** Absent where the compiler knows the function itself (logic, selection). */
  readonly run: Implementation | undefined;
}

/** A function and all the ways to call it. */
export interface FunctionDeclaration {
  readonly name: string;
  readonly overloads: readonly Overload[];
}

/** A variable's name and type. */
export interface VariableDeclaration {
  readonly name: string;
  readonly type: CelType;
}

/** What a library adds to a language. */
export interface Library {
  readonly name: string;
  readonly functions?: readonly FunctionDeclaration[];
  readonly macros?: readonly Macro[];
  /** Types that may be named in expressions, e.g. `net.IP`. */
  readonly types?: readonly CelType[];
  readonly optionalSyntax?: boolean;
}

/** Declares a function: overload id, signature, implementation. Signatures are read when the first expression is compiled. */
export function declare(
  name: string,
  ...overloads: readonly (readonly [id: string, signature: string, run?: Implementation])[]
): FunctionDeclaration {
  let read: readonly Overload[] | undefined;
  return {
    name,
    get overloads() {
      return (read ??= overloads.map(([id, text, run]) => ({ id, ...signature(text), run })));
    },
  };
}
