import type { Json } from '@kcp/api-machinery';
import { quote } from '@kcp/api-machinery';
import type { Check, CheckContext } from './check-context.ts';
import type { Findings } from './findings.ts';
import type { StructuralSchema } from './structural-schema.ts';

/** As a check, without an old value. */
type Part = (value: Json, findings: Findings) => number;

/** Compiles allOf, anyOf, oneOf and not, in the order and with the words of kube-openapi. */
export function compileJunctors(schema: StructuralSchema, context: CheckContext): Part {
  const alternatives: CheckContext = { ...context, underJunctor: true };
  const compileAll = (nodes: readonly StructuralSchema[]): readonly Check[] =>
    nodes.map((node) => context.compile(node, alternatives));
  const parts: Part[] = [];
  if (schema.anyOf.length > 0) parts.push(anyOf(compileAll(schema.anyOf)));
  if (schema.oneOf.length > 0) parts.push(oneOf(compileAll(schema.oneOf)));
  if (schema.allOf.length > 0) parts.push(allOf(compileAll(schema.allOf)));
  if (schema.not !== undefined) parts.push(not(context.compile(schema.not, alternatives)));
  if (parts.length === 0) return () => 2;
  return (value, findings) => {
    let matched = 2;
    for (const part of parts) matched += part(value, findings);
    return matched;
  };
}

/** What one alternative had to say. */
interface Attempt {
  readonly matched: number;
  readonly found: ReturnType<Findings['take']>;
}

function attempt(check: Check, value: Json, findings: Findings): Attempt {
  const mark = findings.count;
  const matched = check(value, undefined, findings);
  return { matched, found: findings.count > mark ? findings.take(mark) : [] };
}

function anyOf(checks: readonly Check[]): Part {
  return (value, findings) => {
    let nearest: Attempt | undefined;
    for (const check of checks) {
      const tried = attempt(check, value, findings);
      if (tried.found.length === 0) return tried.matched;
      if (nearest === undefined || tried.matched > nearest.matched) nearest = tried;
    }
    findings.placeless(`${quote(findings.path())} must validate at least one schema (anyOf)`);
    findings.give(nearest?.found ?? []);
    return nearest?.matched ?? 0;
  };
}

function oneOf(checks: readonly Check[]): Part {
  return (value, findings) => {
    let nearest: Attempt | undefined;
    let first: Attempt | undefined;
    let valid = 0;
    for (const check of checks) {
      const tried = attempt(check, value, findings);
      if (tried.found.length === 0) {
        valid++;
        first ??= tried;
      } else if (nearest === undefined || tried.matched > nearest.matched) nearest = tried;
    }
    if (valid === 1) return first?.matched ?? 0;
    const outcome = valid === 0 ? 'Found none valid' : `Found ${valid} valid alternatives`;
    findings.placeless(`${quote(findings.path())} must validate one and only one schema (oneOf). ${outcome}`);
    if (valid > 0 || nearest === undefined) return 0;
    findings.give(nearest.found);
    return nearest.matched;
  };
}

function allOf(checks: readonly Check[]): Part {
  return (value, findings) => {
    let matched = 0;
    let valid = 0;
    for (const check of checks) {
      const mark = findings.count;
      matched += check(value, undefined, findings);
      if (findings.count === mark) valid++;
    }
    if (valid < checks.length) {
      const none = valid === 0 ? '. None validated' : '';
      findings.placeless(`${quote(findings.path())} must validate all the schemas (allOf)${none}`);
    }
    return matched;
  };
}

function not(check: Check): Part {
  return (value, findings) => {
    const { found } = attempt(check, value, findings);
    if (found.length === 0) findings.placeless(`${quote(findings.path())} must not validate the schema (not)`);
    return 0;
  };
}
