import type { Json } from '@kcp/api-machinery';
import { canonicalJson, isArray } from '@kcp/api-machinery';
import type { Check, CheckContext } from './check-context.ts';
import { correlateItems } from './correlate.ts';
import type { Findings } from './findings.ts';
import type { StructuralSchema } from './structural-schema.ts';

/** Compiles the checks of a list and its items. Returns what it adds to the matches. */
export function compileListCheck(
  schema: StructuralSchema,
  context: CheckContext,
): (value: readonly Json[], old: Json | undefined, findings: Findings) => number {
  const { items, minItems, maxItems, uniqueItems } = schema;
  let check: Check | undefined;

  const checkItems = (item: StructuralSchema, value: readonly Json[], old: Json | undefined, findings: Findings) => {
    check ??= context.compile(item, context);
    const before = old === undefined ? undefined : correlateItems(schema, old);
    let matched = 0;
    for (let at = 0; at < value.length; at++) {
      const member = value[at] ?? null;
      findings.enter(at);
      matched += check(member, before?.(member), findings);
      findings.leave();
    }
    return matched;
  };

  return (value, old, findings) => {
    const matched = items === undefined ? 0 : checkItems(items, value, isArray(old) ? old : undefined, findings);
    if (minItems !== undefined && value.length < minItems) {
      findings.invalid(value.length, `should have at least ${minItems} items`);
    }
    if (maxItems !== undefined && value.length > maxItems) findings.tooMany(value.length, maxItems, 'items');
    if (uniqueItems && hasDuplicates(value)) findings.invalid('', "shouldn't contain duplicates");
    return matched + 2;
  };
}

function hasDuplicates(items: readonly Json[]): boolean {
  return new Set(items.map(canonicalJson)).size < items.length;
}
