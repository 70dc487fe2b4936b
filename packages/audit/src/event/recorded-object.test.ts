import { describe, expect, it } from '@jest/globals';
import type { Json } from '@kcp/api-machinery';
import { recordedValue, sentText, servedText } from './recorded-object.ts';

const managed = { name: 'a', managedFields: [{ manager: 'm' }] };
const bytes = (value: unknown): Buffer => Buffer.from(typeof value === 'string' ? value : JSON.stringify(value));

describe('an object in an event', () => {
  it.each<[string, Json, Json]>([
    ['an object', { metadata: managed, data: {} }, { metadata: { name: 'a' }, data: {} }],
    [
      'the items of a list',
      { metadata: {}, items: [{ metadata: managed }, 1] },
      { metadata: {}, items: [{ metadata: { name: 'a' } }, 1] },
    ],
    [
      'the rows of a table',
      { kind: 'Table', rows: [{ cells: [1], object: { metadata: managed } }, { cells: [] }, 2] },
      { kind: 'Table', rows: [{ cells: [1], object: { metadata: { name: 'a' } } }, { cells: [] }, 2] },
    ],
    ['nothing', null, null],
    ['no object', [1, 'a'], [1, 'a']],
    ['odd metadata', { metadata: 'x' }, { metadata: 'x' }],
  ])('loses managed fields where the policy says so: %s', (_, value, expected) => {
    expect(JSON.parse(recordedValue(value, true))).toEqual(expected);
    expect(JSON.parse(recordedValue(value, false))).toEqual(value);
    expect(JSON.parse(servedText(bytes(value), true) ?? '')).toEqual(expected);
  });

  it('that was sent stands on one line, with its large numbers', () => {
    expect(sentText(bytes('{\n "a" : 9223372036854775807 }\n'), false)).toBe('{"a":9223372036854775807}');
  });
  it('that was sent and is no JSON is left out', () => {
    expect(sentText(bytes('{"a":'), false)).toBeUndefined();
    expect(sentText(Buffer.from([0xff, 0x00]), true)).toBeUndefined();
  });
  it('that was served is taken as it is, but for line breaks', () => {
    expect(servedText(bytes('{"a": 1}\n'), false)).toBe('{"a": 1}');
    expect(servedText(bytes('{\n  "a": 1\n}\n'), false)).toBe('{"a":1}');
    expect(servedText(bytes({ text: 'managedFields' }), true)).toBe('{"text":"managedFields"}');
  });
  it('keeps odd keys', () => {
    const odd = '{"__proto__":{"a":1},"metadata":{"managedFields":[],"constructor":"x"},"10":1}';
    expect(sentText(bytes(odd), true)).toBe('{"10":1,"__proto__":{"a":1},"metadata":{"constructor":"x"}}');
  });
});
