import { describe, expect, it } from '@jest/globals';
import { parseYaml, writeYaml } from './yaml.ts';

describe('parseYaml', () => {
  it('reads scalars as YAML 1.1 has them', () => {
    expect(
      parseYaml('a: yes\nb: off\nc: "yes"\nd: 0x10\ne: 017\nf: 1.5\ng: ~\nh: 2020-01-01\non: 1\ny: n').value,
    ).toEqual({
      a: true,
      b: false,
      c: 'yes',
      d: 16,
      e: 15,
      f: 1.5,
      g: null,
      h: '2020-01-01',
      true: 1,
      y: 'n',
    });
  });

  it('keeps integers that a double cannot hold', () => {
    expect(parseYaml('a: 9223372036854775807').value).toEqual({ a: 9223372036854775807n });
  });

  it('reads the first document only, and nothing as null', () => {
    expect(parseYaml('a: 1\n---\nb: 2').value).toEqual({ a: 1 });
    expect(parseYaml('').value).toBeNull();
  });

  it.each([
    ['# first\n\n%YAML 1.1\n--- # one\na: 1\n---\n[', { a: 1 }],
    ['a: 1\n...\n%%% nonsense', { a: 1 }],
    ['a: |\n  x\n---\n', { a: 'x\n' }],
    ['a: |\n  x\n  ---\n  y', { a: 'x\n---\ny\n' }],
    ['--- a\n--- b', 'a'],
    ['a: ---b', { a: '---b' }],
    ['---\r\n...\r\na: 1', null],
    ['...', null],
    ['---', null],
  ])('does not look beyond the first document of %j', (text, value) => {
    expect(parseYaml(text).value).toEqual(value);
  });

  it('reads JSON as JSON', () => {
    expect(parseYaml('{"a":\t"\\ud83d\\ude00\\ud800", "<<": {"b": 1}, "n": 18446744073709551615}').value).toEqual({
      a: '\u{1f600}\ufffd',
      '<<': { b: 1 },
      n: 18_446_744_073_709_552_000,
    });
    expect(parseYaml('{"a": 1, "a": 2}')).toEqual({ value: { a: 2 }, duplicates: ['duplicate key "a"'] });
    expect(parseYaml('{a: yes}').value).toEqual({ a: true });
  });

  it('merges, and what a mapping says itself counts', () => {
    const text = 'x: &x {a: 1, b: 1}\ny: &y {b: 2, c: 2}\nz: {<<: [*x, *y], a: 0, d: 3}\nq: {"<<": *x}';
    expect(parseYaml(text)).toMatchObject({
      value: { z: { a: 0, b: 1, c: 2, d: 3 }, q: { '<<': { a: 1, b: 1 } } },
      duplicates: [],
    });
    expect(() => parseYaml('<<: 1')).toThrow('map merge requires');
  });

  it('decodes !!binary', () => {
    expect(parseYaml('a: !!binary aGk=\nb: !!str 1').value).toEqual({ a: 'hi', b: '1' });
    expect(() => parseYaml('!!binary a')).toThrow('invalid base64 data');
  });

  it('refuses what has too many lines', () => {
    expect(() => parseYaml('- a\n'.repeat(100_001))).toThrow('Request entity too large');
    expect(() => parseYaml(`[${'1,'.repeat(100_001)}1]`)).toThrow('Request entity too large');
  });

  it('tells keys that occur twice; the last one counts', () => {
    expect(parseYaml('a: 1\na: 2')).toEqual({ value: { a: 2 }, duplicates: ['duplicate key "a"'] });
  });

  it('follows aliases, and not beyond the budget', () => {
    expect(parseYaml('a: &x {k: v}\nb: *x').value).toEqual({ a: { k: 'v' }, b: { k: 'v' } });
    const bomb = [
      'a0: &a0 [x,x,x,x,x,x,x,x,x,x]',
      ...Array.from({ length: 9 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(10).fill(`*a${i}`).join(',')}]`),
    ].join('\n');
    expect(() => parseYaml(bomb)).toThrow('more than 100000 values');
  });

  it('touches no prototype', () => {
    const { value } = parseYaml('__proto__: {polluted: true}\nconstructor: x');
    expect(Object.keys(value as object)).toEqual(['__proto__', 'constructor']);
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  it.each(['a: [', 'a: b: c', '*x', '{a', '['.repeat(2000)])('refuses %s with a SyntaxError', (text) => {
    expect(() => parseYaml(text)).toThrow(SyntaxError);
  });
});

describe('writeYaml', () => {
  it('writes integers that a double cannot hold', () => {
    expect(
      writeYaml({ a: 9_223_372_036_854_775_807n, b: [-9_223_372_036_854_775_808n], c: '9223372036854775807' }),
    ).toBe('a: 9223372036854775807\nb:\n- -9223372036854775808\nc: "9223372036854775807"\n');
  });

  it('quotes what only a reader of YAML 1.1 would take for something else', () => {
    expect(writeYaml({ a: '0X1F', b: '0Xyz', c: '0B1', d: '1_0', on: '' })).toBe(
      'a: "0X1F"\nb: 0Xyz\nc: "0B1"\nd: "1_0"\n"on": ""\n',
    );
  });

  it('sorts keys, quotes with double quotes what would read as something else, does not indent lists', () => {
    expect(writeYaml({ b: [1, { x: 'y' }], a: 'yes', t: '2020-01-01T00:00:00Z', m: 'one\ntwo\n', e: {} })).toBe(
      'a: "yes"\nb:\n- 1\n- x: "y"\ne: {}\nm: |\n  one\n  two\nt: "2020-01-01T00:00:00Z"\n',
    );
  });
});
