import { describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@kcp/api-machinery';
import { defined, listOf, ruled, text, whole } from './testing/ruled.ts';

const advice =
  '(try simplifying the rule, or adding maxItems, maxProperties, and maxLength where arrays, maps, and strings are declared)';
const at = 'x.properties[a].x-kubernetes-validations';

function pairs(more: JsonObject, ...rules: readonly string[]): readonly string[] {
  return defined({ a: ruled(listOf(whole, more), ...rules) });
}

describe('what an expression may cost', () => {
  it('is bounded by the sizes that the schema allows', () => {
    const rule = 'self.all(x, self.exists(y, x != y + 1))';
    expect(pairs({}, rule)).toEqual([
      `${at}[0].rule: Forbidden: estimated rule cost exceeds budget by factor of more than 100x ${advice}`,
      `${at}[0].rule: Forbidden: contributed to estimated rule cost total exceeding cost limit for entire OpenAPIv3 schema`,
      `x: Forbidden: x-kubernetes-validations estimated rule cost total for entire OpenAPIv3 schema exceeds budget by factor of more than 100x ${advice}`,
    ]);
    expect(pairs({ maxItems: 100 }, rule)).toEqual([]);
  });

  it('is told by its factor where that says something', () => {
    const rule = 'self.all(x, self.all(y, self.all(z, x + y != z)))';
    const [error] = pairs({ maxItems: 150 }, rule);
    expect(error).toMatch(/estimated rule cost exceeds budget by factor of \d\.\d+x /);
  });

  it('counts once for each value that a list or map may hold', () => {
    const items = ruled(text, 'self.startsWith("x") && self.contains("y")');
    const bounded = ruled({ ...text, maxLength: 50 }, 'self.startsWith("x") && self.contains("y")');
    expect(defined({ a: listOf(items) })[0]).toContain(
      'x.properties[a].items.x-kubernetes-validations[0].rule: Forbidden',
    );
    expect(defined({ a: listOf(bounded, { maxItems: 10 }) })).toEqual([]);
    expect(defined({ a: { type: 'object', additionalProperties: items } })[0]).toContain('exceeds budget');
    expect(defined({ a: { type: 'object', maxProperties: 10, additionalProperties: bounded } })).toEqual([]);
  });

  it('has a limit for all rules together, and the most expensive four are named', () => {
    const rules = Array.from({ length: 20 }, (_, i) => `self.all(x, self.all(y, x != y + ${i}))`);
    const errors = pairs({ maxItems: 1000 }, ...rules);
    expect(errors.filter((line) => line.includes('contributed to estimated'))).toHaveLength(4);
    expect(errors.at(-1)).toMatch(
      /^x: Forbidden: .* for entire OpenAPIv3 schema exceeds budget by factor of 1\.\d{6}x /,
    );
    expect(errors).toHaveLength(5);
  });

  it('is limited for messages too', () => {
    const messageExpression = 'self.map(x, self.map(y, y + x).join(",")).join(",")';
    const errors = defined({ a: ruled(listOf(text), { rule: 'self.size() > 1', messageExpression }) });
    expect(errors[0]).toContain(
      `${at}[0].messageExpression: Forbidden: estimated messageExpression cost exceeds budget`,
    );
  });

  it('is accepted in a schema that was stored before, as far as single expressions go', () => {
    const rule = 'self.all(x, self.all(y, self.all(z, x + y != z)))';
    const a = ruled(listOf(whole, { maxItems: 150 }), rule);
    expect(defined({ a }, false)).toHaveLength(1);
    expect(defined({ a }, true)).toEqual([]);
  });
});
