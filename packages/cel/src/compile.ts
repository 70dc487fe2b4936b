import { check } from './check/checker.ts';
import { checkLiterals } from './check/literals.ts';
import type { Environment } from './check/environment.ts';
import { compileTree } from './run/compiler.ts';
import { Program } from './run/program.ts';
import type { Expr } from './syntax/ast.ts';
import { formatIssues } from './syntax/issue.ts';
import type { Issue } from './syntax/issue.ts';
import { parse } from './syntax/parser.ts';
import { types } from './values/type.ts';
import type { CelType } from './values/type.ts';
import type { Checked } from './check/checker.ts';

/** An expression that is fit to run. */
export interface Compilation {
  readonly expr: Expr;
  /** The type of the result; dyn where it was not checked. */
  readonly type: CelType;
  /** Types and references of every node; absent where it was not checked. */
  readonly checked: Checked | undefined;
  /** Immutable; may be shared by all who have the same source and environment. */
  readonly program: Program;
}

/** What compiling yields. */
export type CompileResult =
  | { readonly ok: true; readonly compilation: Compilation }
  | {
      readonly ok: false;
      readonly issues: readonly Issue[];
      /** The issues as cel-go shows them. */
      readonly text: string;
    };

/** How to compile. */
export interface CompileOptions {
  /** False: run the tree as parsed, and find names and overloads at run time. Default true. */
  readonly check?: boolean;
}

/** Parses, checks and compiles an expression. Never throws for what an expression contains. */
export function compile(text: string, env: Environment, options: CompileOptions = {}): CompileResult {
  const { source, expr, issues } = parse(text, env.syntax);
  if (expr === undefined) return { ok: false, issues, text: formatIssues(issues, source) };
  const checked = options.check === false ? undefined : check(expr, env);
  const wrong = checked === undefined ? [] : wrongIn(expr, checked, env);
  if (wrong.length > 0) return { ok: false, issues: wrong, text: formatIssues(wrong, source) };
  const program = new Program(compileTree(expr, env, checked));
  return { ok: true, compilation: { expr, type: checked?.types.get(expr.id) ?? types.dyn, checked, program } };
}

function wrongIn(expr: Expr, checked: Checked, env: Environment): readonly Issue[] {
  if (checked.issues.length > 0 || !env.strictLiterals) return checked.issues;
  return checkLiterals(expr, checked);
}
