import { describe, expect, it } from '@jest/globals';
import { checkJsonValues, checkYamlLines } from './value-budget.ts';

const list = (item: string, count: number): string => `[${Array(count).fill(item).join(',')}]`;
const json = (text: string): void => checkJsonValues(Buffer.from(text));

describe('the budget of values', () => {
  it('lets what is large and simple pass', () => {
    expect(() => json(JSON.stringify({ data: { a: ',:{["\\'.repeat(300_000) } }))).not.toThrow();
    expect(() => json(list('"a,b:c"', 100_000))).not.toThrow();
    expect(() => checkYamlLines(`a: ${'x '.repeat(1_000_000)}`)).not.toThrow();
  });

  it.each([
    ['items', list('1', 100_002)],
    ['empty objects', list('{}', 100_002)],
    ['members', `{${Array(50_001).fill('"k":1').join(',')}}`],
  ])('refuses too many %s', (_name, text) => {
    expect(() => json(text)).toThrow('Request entity too large: limit is 100000 keys and items');
  });

  it.each([
    ['lines', '- a\n'.repeat(100_001)],
    ['old lines', '- a\r'.repeat(100_001)],
    ['items', list('1', 100_001)],
  ])('refuses YAML of too many %s', (_name, text) => {
    expect(() => checkYamlLines(text)).toThrow('Request entity too large: limit is 100000 lines and items');
  });

  it('leaves what is no JSON to the reader', () => {
    expect(() => json(`"${'x'.repeat(300_000)}`)).not.toThrow();
    expect(() => json(`"${'\\'.repeat(300_001)}`)).not.toThrow();
  });
});
