import { describe, expect, it } from '@jest/globals';
import { compile, jsonFromValue, kubernetesEnvironment, valueFromJson, declareSchema } from '../index.ts';
import { Fault } from '../values/fault.ts';
import type { Value } from '../values/value.ts';

function valueOf(expression: string): Value {
  const compiled = compile(expression, kubernetesEnvironment);
  if (!compiled.ok) throw new Error(compiled.text);
  const outcome = compiled.compilation.program.run({});
  if (!outcome.ok) throw new Error(outcome.error.message);
  return outcome.value;
}

describe('a value as JSON', () => {
  it.each([
    ['{"a": [{"c": [1, 2]}]}', { a: [{ c: [1, 2] }] }],
    ['[1.5, 2.0]', [1.5, 2]],
    ['9223372036854775807', 9223372036854775807n],
    ['[7u]', [7]],
    ['18446744073709551615u', 18446744073709551615n],
    ['b"abc"', 'YWJj'],
    ['timestamp("2020-01-02T03:04:05.5Z")', '2020-01-02T03:04:05.5Z'],
    ['duration("90s")', '90s'],
    ['optional.of("x")', 'x'],
    ['optional.none()', null],
    ['{"__proto__": 1}', JSON.parse('{"__proto__": 1}')],
  ])('%s', (expression, json) => {
    expect(jsonFromValue(valueOf(expression))).toEqual(json);
  });

  it.each(['int', '{1: "a"}', '1.0 / 0.0', 'url("https://x")'])('%s is none', (expression) => {
    expect(() => jsonFromValue(valueOf(expression))).toThrow(expect.objectContaining({ message: expect.any(String) }));
    expect.assertions(1);
  });

  it('data that was read through a schema comes back, as far as the schema knows it', () => {
    const schema = declareSchema(
      { type: 'object', properties: { a: { type: 'string' }, 'b-c': { type: 'integer' }, none: { type: 'string' } } },
      'T',
      false,
    );
    expect(jsonFromValue(valueFromJson({ a: 'x', 'b-c': 1, unknown: 2 }, schema.root))).toEqual({ a: 'x', 'b-c': 1 });
  });

  it('says so by a fault', () => {
    let thrown: unknown;
    try {
      jsonFromValue(valueOf('int'));
    } catch (fault) {
      thrown = fault;
    }
    expect(thrown).toBeInstanceOf(Fault);
  });
});
