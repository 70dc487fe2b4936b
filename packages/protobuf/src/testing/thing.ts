import type { Message } from '../message.ts';
import { embedded, mapOf, message, repeated } from '../message.ts';
import { intOrString, itemsType, jsonType, microTime, quantity, time } from '../wrapped-types.ts';

/** A message that has every type, and itself. */
export const Thing: Message = message('Thing', () => ({
  name: [1, 'string'],
  on: [2, 'bool'],
  small: [3, 'int32'],
  large: [4, 'int64', 'optional'],
  ratio: [5, 'double', 'optional'],
  bytes: [6, 'bytes'],
  texts: [7, repeated('string')],
  labels: [8, mapOf('string')],
  blobs: [9, mapOf('bytes')],
  inner: [10, Thing, 'optional'],
  inners: [11, repeated(Thing)],
  byName: [12, mapOf(Thing)],
  at: [13, time, 'optional'],
  exact: [14, microTime, 'optional'],
  amounts: [15, mapOf(quantity)],
  port: [16, intOrString, 'optional'],
  any: [17, jsonType('JSON'), 'optional'],
  extra: [18, mapOf(itemsType('ExtraValue'))],
  part: [19, embedded(message('Part', () => ({ left: [1, 'string', 'optional'], right: [2, repeated('string')] })))],
}));

/** The JSON of a Thing without anything, as it is read back. */
export const nothing = { name: '', on: false, small: 0 };

/** Bytes from numbers and texts. */
export function bytes(...parts: readonly (number | string)[]): Buffer {
  return Buffer.concat(parts.map((part) => (typeof part === 'number' ? Buffer.from([part]) : Buffer.from(part))));
}
