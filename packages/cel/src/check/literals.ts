import type { Expr } from '../syntax/ast.ts';
import type { Issue } from '../syntax/issue.ts';
import { Fault } from '../values/fault.ts';
import { parseDuration, parseTimestamp } from '../values/time.ts';
import { types, unwrapOptional } from '../values/type.ts';
import type { CelType } from '../values/type.ts';
import { pattern } from '../values/pattern.ts';
import type { Checked } from './checker.ts';
import { isDynamic } from './unify.ts';
import { childrenOf } from '../syntax/children.ts';

/** Literals that could never work: durations, timestamps, patterns, lists and maps of mixed types (cel-go cel/validator.go). */
export function checkLiterals(expr: Expr, checked: Checked): readonly Issue[] {
  const issues: Issue[] = [];
  const visit = (node: Expr, mixed: boolean): void => {
    argumentIssue(node, issues);
    if (!mixed) mixedIssues(node, checked, issues);
    const exempt = mixed || (node.kind === 'call' && node.fn === 'format');
    for (const child of childrenOf(node)) visit(child, exempt);
  };
  visit(expr, false);
  return issues;
}

function argumentIssue(node: Expr, issues: Issue[]): void {
  if (node.kind !== 'call') return;
  const arg = node.fn === 'matches' ? node.args.at(-1) : node.args[0];
  if (arg?.kind !== 'literal' || typeof arg.value !== 'string' || isFine(node.fn, arg.value)) return;
  issues.push({ message: `invalid ${node.fn} argument`, offset: arg.offset });
}

function isFine(fn: string, text: string): boolean {
  if (fn === 'duration') return parseDuration(text) !== undefined;
  if (fn === 'timestamp') return parseTimestamp(text) !== undefined;
  if (fn !== 'matches') return true;
  try {
    pattern(text);
    return true;
  } catch (fault) {
    if (fault instanceof Fault) return false;
    throw fault;
  }
}

function mixedIssues(node: Expr, checked: Checked, issues: Issue[]): void {
  if (node.kind === 'list') {
    same(
      node.elements.map((element, i) => ({ expr: element, optional: node.optionals.includes(i) })),
      checked,
      issues,
    );
  }
  if (node.kind === 'map') {
    same(
      node.entries.map((entry) => ({ expr: entry.key, optional: false })),
      checked,
      issues,
    );
    same(
      node.entries.map((entry) => ({ expr: entry.value, optional: entry.optional })),
      checked,
      issues,
    );
  }
}

function same(all: readonly { expr: Expr; optional: boolean }[], checked: Checked, issues: Issue[]): void {
  let wanted: CelType | undefined;
  for (const { expr, optional } of all) {
    const found = checked.types.get(expr.id) ?? types.dyn;
    const type = optional ? unwrapOptional(found).type : found;
    if (wanted === undefined) wanted = type;
    else if (!sameShape(wanted, type)) {
      issues.push({
        message: `expected type '${wanted.toString()}' but found '${type.toString()}'`,
        offset: expr.offset,
      });
      return;
    }
  }
}

/** dyn goes with anything inside a parameter, but not beside a concrete type. */
function sameShape(a: CelType, b: CelType): boolean {
  if (a.kind !== b.kind || a.name !== b.name || a.params.length !== b.params.length) return false;
  return a.params.every((param, i) => {
    const other = b.params[i] ?? types.dyn;
    return isDynamic(param) || isDynamic(other) || sameShape(param, other);
  });
}
