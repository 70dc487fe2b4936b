import { describe, expect, it } from '@jest/globals';
import { ApiError } from '@kcp/api-machinery';
import type { Json } from '@kcp/api-machinery';
import { decodeJsonPatch } from './json-patch-decode.ts';

describe('a JSON patch', () => {
  it('is a list of operations', () => {
    const body = [
      { op: 'add', path: '/a', value: null },
      { op: 'move', from: '/a', path: '/b' },
      { op: 'copy', from: null, path: null },
      {},
      null,
    ];
    expect(decodeJsonPatch(body).operations).toEqual([
      { op: 'add', path: '/a', value: null },
      { op: 'move', from: '/a', path: '/b' },
      { op: 'copy' },
      { op: 'unknown' },
      { op: 'unknown' },
    ]);
    expect(decodeJsonPatch(null)).toEqual({ operations: [], unknownFields: [] });
  });

  it.each<[Json, string]>([
    [{ op: 'add' }, 'object into Go value of type []handlers.jsonPatchOp'],
    ['add', 'string into Go value of type []handlers.jsonPatchOp'],
    [[1], 'number into Go value of type handlers.jsonPatchOp'],
    [[[]], 'array into Go value of type handlers.jsonPatchOp'],
    [[{ op: 1n }], 'number into Go struct field jsonPatchOp.op of type string'],
    [[{ op: 'add', path: true }], 'bool into Go struct field jsonPatchOp.path of type string'],
    [[{ op: 'move', from: {} }], 'object into Go struct field jsonPatchOp.from of type string'],
  ])('%p is none', (body, why) => {
    const message = `error decoding patch: json: cannot unmarshal ${why}`;
    expect(() => decodeJsonPatch(body)).toThrow(new ApiError('BadRequest', message));
  });

  it('has at most ten thousand operations', () => {
    const operations = (count: number): Json => Array.from({ length: count }, () => ({ op: 'test', path: '/a' }));
    expect(decodeJsonPatch(operations(10_000)).operations).toHaveLength(10_000);
    const many = 'Request entity too large: The allowed maximum operations in a JSON patch is 10000, got 10001';
    expect(() => decodeJsonPatch(operations(10_001))).toThrow(new ApiError('RequestEntityTooLarge', many));
  });

  it('names fields that no operation has', () => {
    const body = [{ op: 'test', path: '/a', extra: 1 }, JSON.parse('{"op":"test","path":"/a","__proto__":1}') as Json];
    expect(decodeJsonPatch(body).unknownFields).toEqual([
      'json patch unknown field "[0].extra"',
      'json patch unknown field "[1].__proto__"',
    ]);
  });
});
