import { describe, expect, it } from '@jest/globals';
import { findField } from './field-path.ts';
import { parseSchema } from './parse-schema.ts';

const text = { type: 'string' };
const { schema } = parseSchema({
  type: 'object',
  properties: {
    a: text,
    'odd.name': text,
    "it's": text,
    inner: { type: 'object', properties: { x: text } },
    list: { type: 'array', items: text },
    dict: { type: 'object', additionalProperties: text },
    open: { type: 'object', additionalProperties: true },
  },
});

const follow = (path: string, brackets = true): string => {
  if (schema === undefined) throw new Error('no schema');
  const found = findField(path, schema, { brackets });
  return found.found ? `${found.steps.join('/')} ${found.schema.type}` : found.error;
};

describe('a simple JSON path', () => {
  it.each([
    ['.a', 'a string'],
    ['.inner.x', 'inner/x string'],
    ["['odd.name']", 'odd.name string'],
    ["['it\\'s']", "it's string"],
    [".dict['some key']", 'dict/some key string'],
    ['.dict.k', 'dict/k string'],
    ['.list', 'list array'],
    ['.inner.y', 'does not refer to a valid field'],
    ['.a.b', 'does not refer to a valid field'],
    ['.list[0]', 'expected single quoted string but got 0'],
    ['.open.x', 'does not refer to a valid field'],
    ['.', 'unexpected end of JSON path'],
    ['inner', 'expected [ or . but got: inner'],
    ["['a'", 'unexpected end of JSON path'],
    ["['a'.", 'expected ] but got .'],
    ["['\\q']", 'invalid string literal: invalid escape sequence'],
    ['.constructor', 'does not refer to a valid field'],
  ])('%s leads to: %s', (path, outcome) => expect(follow(path)).toBe(outcome));
  it('may be held to dots', () => expect(follow("['a']", false)).toBe('array notation is not allowed'));
});
