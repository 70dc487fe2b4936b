import { accumulator } from './ast.ts';
import type { Expr } from './ast.ts';
import type { MacroFactory } from './factory.ts';

/** Why an expansion is refused, and where. */
export interface MacroError {
  readonly error: string;
  readonly offset: number;
}

/** A call that the parser replaces by a longer expression. */
export interface Macro {
  readonly name: string;
  /** -1: any number. */
  readonly arity: number;
  readonly receiver: boolean;
  /** undefined: not for me, it is an ordinary call. */
  readonly expand: (
    make: MacroFactory,
    target: Expr | undefined,
    args: readonly Expr[],
  ) => Expr | MacroError | undefined;
}

/** Macros by name, arity and style. */
export type Macros = ReadonlyMap<string, Macro>;

/** Indexes macros; of two with the same shape the later one counts. */
export function macroTable(macros: readonly Macro[]): Macros {
  return new Map(macros.map((macro) => [key(macro.name, macro.arity, macro.receiver), macro]));
}

/** The macro that a call names, if any. */
export function findMacro(macros: Macros, name: string, arity: number, receiver: boolean): Macro | undefined {
  return macros.get(key(name, arity, receiver)) ?? macros.get(key(name, -1, receiver));
}

function key(name: string, arity: number, receiver: boolean): string {
  return `${name}:${arity}:${receiver}`;
}

/** The name of a variable that a macro declares, or why it is none. */
export function variableOf(expr: Expr | undefined, refusal: string): string | MacroError {
  if (expr?.kind !== 'ident') return { error: refusal, offset: expr?.offset ?? 0 };
  if (expr.name === accumulator || expr.name === '__result__') {
    return { error: 'iteration variable overwrites accumulator variable', offset: expr.offset };
  }
  return expr.name;
}
