import { describe, expect, it } from '@jest/globals';
import type { ApplySchema } from './apply-schema.ts';
import { mergeConfiguration } from './merge-configuration.ts';

const text: ApplySchema = { kind: 'scalar', type: 'string' };
const item: ApplySchema = { kind: 'object', field: (name) => (name === 'name' || name === 'image' ? text : undefined) };
const fields: Readonly<Record<string, ApplySchema>> = {
  labels: { kind: 'object', field: () => undefined, values: text },
  containers: { kind: 'list', type: 'map', keys: ['name'], items: item },
  set: { kind: 'list', type: 'set', items: text },
  args: { kind: 'list', type: 'atomic', items: text },
  selector: { kind: 'object', atomic: true, field: () => undefined, values: text },
};
const schema: ApplySchema = { kind: 'object', field: (name) => fields[name] };

describe('merging a configuration that nobody comes to own', () => {
  it('unites maps, sets and lists with keys, and touches nothing else', () => {
    const live = {
      labels: { a: '1' },
      containers: [{ name: 'x', image: 'old' }, { name: 'y' }],
      set: ['a'],
      args: ['kept'],
    };
    const configuration = { labels: { b: '2' }, containers: [{ name: 'x', image: 'new' }], set: ['b'] };
    expect(mergeConfiguration(live, configuration, schema)).toEqual({
      labels: { a: '1', b: '2' },
      containers: [{ name: 'x', image: 'new' }, { name: 'y' }],
      set: ['a', 'b'],
      args: ['kept'],
    });
    expect(mergeConfiguration(live, {}, schema)).toEqual(live);
  });

  it.each([
    [{ args: ['a'] }, 'invalid ApplyConfiguration: may not mutate atomic arrays, maps or structs: .args'],
    [
      { selector: { a: 'b' }, args: [] },
      'invalid ApplyConfiguration: may not mutate atomic arrays, maps or structs: .selector, .args',
    ],
    [{ none: 1 }, 'failed to convert patch object to typed object: .none: field not declared in schema'],
  ])('refuses %j', (configuration, message) => {
    expect(() => mergeConfiguration({}, configuration, schema)).toThrow(message);
  });
});
