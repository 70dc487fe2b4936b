import { expect, it } from '@jest/globals';
import { anyObject, describedAs, flag, integer, list, map, rule, strings, struct, text, unchanged } from './schema.ts';

it('builders say the type and what there is to say', () => {
  expect(text('A name.', { minLength: 1, pattern: '^a' })).toEqual({
    description: 'A name.',
    type: 'string',
    minLength: 1,
    pattern: '^a',
  });
  expect(flag('On.', { default: false })).toEqual({ description: 'On.', type: 'boolean', default: false });
  expect(integer('How many.', { format: 'int32' })).toEqual({
    description: 'How many.',
    type: 'integer',
    format: 'int32',
  });
  expect(map('Labels.', strings)).toEqual({
    description: 'Labels.',
    type: 'object',
    additionalProperties: { type: 'string' },
  });
  expect(anyObject('Anything.', { preserveUnknownFields: true })).toEqual({
    description: 'Anything.',
    type: 'object',
    'x-kubernetes-preserve-unknown-fields': true,
  });
});

it('lists and objects have the extensions of Kubernetes by short names', () => {
  const item = struct('One.', { name: strings }, { required: ['name'], mapType: 'atomic' });
  expect(list('Several.', item, { listType: 'map', listKeys: ['name'] })).toEqual({
    description: 'Several.',
    type: 'array',
    items: {
      description: 'One.',
      type: 'object',
      properties: { name: { type: 'string' } },
      required: ['name'],
      'x-kubernetes-map-type': 'atomic',
    },
    'x-kubernetes-list-type': 'map',
    'x-kubernetes-list-map-keys': ['name'],
  });
});

it('rules come with the message that clients see', () => {
  expect(text('A.', { rules: [rule('self != ""', 'not empty'), unchanged('fixed')] })).toMatchObject({
    'x-kubernetes-validations': [
      { rule: 'self != ""', message: 'not empty' },
      { rule: 'self == oldSelf', message: 'fixed' },
    ],
  });
});

it('a shape may be described for where it stands, and leaves the other as it is', () => {
  const shape = struct('A shape.', { a: strings });
  const here = describedAs('The shape that is here.', shape, { required: ['a'] });
  expect(here).toEqual({ ...shape, description: 'The shape that is here.', required: ['a'] });
  expect(shape).not.toHaveProperty('required');
});
