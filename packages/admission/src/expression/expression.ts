import { compile, types } from '@kcp/cel';
import type { CelType, Environment, Program } from '@kcp/cel';

/** A compiled expression of an admission rule, or why it does not compile. */
export type Expression =
  | { readonly ok: true; readonly text: string; readonly program: Program; readonly type: CelType }
  | { readonly ok: false; readonly text: string; readonly message: string };

/** What an expression may give; `any` is everything. */
export type Results = 'any' | readonly CelType[];

/** What conditions and validations give. */
export const BOOL: Results = [types.bool];
/** What message expressions give. */
export const TEXT: Results = [types.string];
/** What values of audit annotations give. */
export const TEXT_OR_NULL: Results = [types.string, types.null];

/** Compiles an expression; what is wrong with it is worded as k8s.io/apiserver's CompileCELExpression does. */
export function compileExpression(text: string, env: Environment, results: Results): Expression {
  const compiled = compile(text, env);
  if (!compiled.ok) return { ok: false, text, message: `compilation failed: ${compiled.text}` };
  const { program, type } = compiled.compilation;
  if (results === 'any' || results.some((each) => each.equals(type))) return { ok: true, text, program, type };
  return { ok: false, text, message: `must evaluate to ${wanted(results)} but got ${type.toString()}` };
}

function wanted(results: readonly CelType[]): string {
  const [only] = results;
  return results.length === 1 && only ? only.toString() : `one of [${results.map((each) => shown(each)).join(' ')}]`;
}

/** In a list Go prints the name of a type, alone its short form. */
function shown(type: CelType): string {
  return type.kind === 'null' ? type.name : String(type);
}
