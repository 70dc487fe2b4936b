import { describe, expect, it } from '@jest/globals';
import { partitionPrefix, partitionsOf, textOf } from './partition.ts';

const east = { region: 'east', cloud: 'a' };
const west = { region: 'west', cloud: 'a' };

describe('partitions', () => {
  it('are the combinations of values that there are', () => {
    const other = { ...west, cloud: 'b' };
    const found = partitionsOf([east, west, other, { ...east, name: 'twin' }], ['cloud', 'region'], []);
    expect([...found.values()]).toEqual([
      { cloud: 'a', region: 'east' },
      { cloud: 'a', region: 'west' },
      { cloud: 'b', region: 'west' },
    ]);
  });

  it('are without shards that lack a label', () => {
    expect([...partitionsOf([east, { region: 'north' }], ['region', 'cloud'], []).values()]).toEqual([
      { cloud: 'a', region: 'east' },
    ]);
  });

  it('name what their shards were selected by, too', () => {
    expect([...partitionsOf([east, west], ['region'], ['cloud']).values()]).toEqual([
      { cloud: 'a', region: 'east' },
      { cloud: 'a', region: 'west' },
    ]);
  });

  it('are none where nothing tells shards apart', () => {
    expect(partitionsOf([east, west], [], []).size).toBe(0);
  });

  it('are the same whatever order their labels have, and take no name for another', () => {
    expect(textOf({ a: '1', b: '2' })).toBe(textOf({ b: '2', a: '1' }));
    expect(textOf({ a: '1', b: '2' })).not.toBe(textOf({ a: '1+b=2' }));
    expect([...partitionsOf([{ constructor: 'x' }, {}], ['constructor'], []).values()]).toEqual([{ constructor: 'x' }]);
  });

  it('have names from the values, cut to what a name may be', () => {
    expect(partitionPrefix('set', ['cloud', 'region'], { region: 'EAST', cloud: 'a' })).toBe('set-a-east-');
    const long = partitionPrefix('set', ['a', 'b', 'c', 'd', 'e'], {
      a: 'x'.repeat(63),
      b: 'x'.repeat(63),
      c: 'x'.repeat(63),
      d: 'x'.repeat(63),
    });
    expect(long).toHaveLength(253);
  });
});
