import { describe, expect, it } from '@jest/globals';
import { ApiError, parseJson, stringifyJson } from '@kcp/api-machinery';
import type { Json, JsonObject } from '@kcp/api-machinery';
import { applyJsonPatch } from './json-patch.ts';
import type { JsonPatchOperation } from './json-patch-decode.ts';

function frozen<T>(value: T): T {
  if (typeof value === 'object' && value !== null) {
    Object.values(value).forEach(frozen);
    Object.freeze(value);
  }
  return value;
}

function patched(document: Json, ...operations: JsonPatchOperation[]): Json {
  return applyJsonPatch(frozen(document), frozen(operations));
}

const REFUSED = 'the server rejected our request due to an error in our request';

function refused(document: Json, ...operations: JsonPatchOperation[]): void {
  try {
    patched(document, ...operations);
  } catch (error) {
    expect(error).toBeInstanceOf(ApiError);
    expect((error as ApiError).toStatus()).toMatchObject({
      code: 422,
      reason: 'Invalid',
      message: REFUSED,
      details: {},
    });
    return;
  }
  throw new Error('was accepted');
}

describe('the examples of RFC 6902, appendix A', () => {
  it.each<[string, Json, JsonPatchOperation[], Json]>([
    ['A.1', { foo: 'bar' }, [{ op: 'add', path: '/baz', value: 'qux' }], { foo: 'bar', baz: 'qux' }],
    ['A.2', { foo: ['bar', 'baz'] }, [{ op: 'add', path: '/foo/1', value: 'qux' }], { foo: ['bar', 'qux', 'baz'] }],
    ['A.3', { baz: 'qux', foo: 'bar' }, [{ op: 'remove', path: '/baz' }], { foo: 'bar' }],
    ['A.4', { foo: ['bar', 'qux', 'baz'] }, [{ op: 'remove', path: '/foo/1' }], { foo: ['bar', 'baz'] }],
    ['A.5', { baz: 'qux', foo: 'bar' }, [{ op: 'replace', path: '/baz', value: 'boo' }], { baz: 'boo', foo: 'bar' }],
    [
      'A.6',
      { foo: { bar: 'baz', waldo: 'fred' }, qux: { corge: 'grault' } },
      [{ op: 'move', from: '/foo/waldo', path: '/qux/thud' }],
      { foo: { bar: 'baz' }, qux: { corge: 'grault', thud: 'fred' } },
    ],
    [
      'A.7',
      { foo: ['all', 'grass', 'cows', 'eat'] },
      [{ op: 'move', from: '/foo/1', path: '/foo/3' }],
      { foo: ['all', 'cows', 'eat', 'grass'] },
    ],
    [
      'A.8',
      { baz: 'qux', foo: ['a', 2, 'c'] },
      [
        { op: 'test', path: '/baz', value: 'qux' },
        { op: 'test', path: '/foo/1', value: 2 },
      ],
      { baz: 'qux', foo: ['a', 2, 'c'] },
    ],
    [
      'A.10',
      { foo: 'bar' },
      [{ op: 'add', path: '/child', value: { grandchild: {} } }],
      { foo: 'bar', child: { grandchild: {} } },
    ],
    ['A.14', { '/': 9, '~1': 10 }, [{ op: 'test', path: '/~01', value: 10 }], { '/': 9, '~1': 10 }],
    [
      'A.16',
      { foo: ['bar'] },
      [{ op: 'add', path: '/foo/-', value: ['abc', 'def'] }],
      { foo: ['bar', ['abc', 'def']] },
    ],
  ])('%s', (_name, document, operations, result) => {
    expect(patched(document, ...operations)).toEqual(result);
  });

  it.each<[string, Json, JsonPatchOperation]>([
    ['A.9', { baz: 'qux' }, { op: 'test', path: '/baz', value: 'bar' }],
    ['A.12', { foo: 'bar' }, { op: 'add', path: '/baz/bat', value: 'qux' }],
    ['A.15', { '/': 9, '~1': 10 }, { op: 'test', path: '/~01', value: '10' }],
  ])('%s is refused', (_name, document, operation) => {
    refused(document, operation);
  });
});

describe('where Kubernetes differs from the RFC', () => {
  it.each<[string, Json, JsonPatchOperation[], Json]>([
    ['replace of a missing member adds it', { a: 1 }, [{ op: 'replace', path: '/b', value: 2 }], { a: 1, b: 2 }],
    ['copy from a missing member copies null', { a: 1 }, [{ op: 'copy', from: '/x', path: '/c' }], { a: 1, c: null }],
    ['a test for null holds on a missing member', {}, [{ op: 'test', path: '/x', value: null }], {}],
    ['a test without value is one for null', { x: null }, [{ op: 'test', path: '/x' }], { x: null }],
    ['an add without value adds null', {}, [{ op: 'add', path: '/x' }], { x: null }],
    ['what stands before the first slash means nothing', { a: 1 }, [{ op: 'remove', path: 'zz/a' }], {}],
    ['negative indexes count from the end', [1, 2, 3], [{ op: 'replace', path: '/-1', value: 9 }], [1, 2, 9]],
    ['an add at -1 appends', [1, 2], [{ op: 'add', path: '/-1', value: 3 }], [1, 2, 3]],
    ['indexes may have a sign and leading zeros', [1, 2], [{ op: 'remove', path: '/+01' }], [1]],
    ['the whole document can be replaced', { a: 1 }, [{ op: 'replace', path: '', value: [1] }], [1]],
    ['and tested', { a: [1] }, [{ op: 'test', path: '', value: { a: [1] } }], { a: [1] }],
  ])('%s', (_name, document, operations, result) => {
    expect(patched(document, ...operations)).toEqual(result);
  });
});

describe('an operation that does not fit is refused', () => {
  it.each<[string, Json, JsonPatchOperation]>([
    ['a failing test', { a: 1 }, { op: 'test', path: '/a', value: 2 }],
    ['a test of a missing member', {}, { op: 'test', path: '/a', value: 1 }],
    ['a test of an object against null', { a: {} }, { op: 'test', path: '/a', value: null }],
    ['remove of a missing member', {}, { op: 'remove', path: '/a' }],
    ['remove of a missing item', [1], { op: 'remove', path: '/1' }],
    ['remove of the document', {}, { op: 'remove', path: '' }],
    ['move of a missing member', {}, { op: 'move', from: '/a', path: '/b' }],
    ['move into itself', { a: { b: 1 } }, { op: 'move', from: '/a', path: '/a/c' }],
    ['copy from a missing item', [1], { op: 'copy', from: '/3', path: '/0' }],
    ['add below a missing parent', {}, { op: 'add', path: '/a/b', value: 1 }],
    ['add below a scalar', { a: 1 }, { op: 'add', path: '/a/b', value: 1 }],
    ['add below null', { a: null }, { op: 'add', path: '/a/b', value: 1 }],
    ['add to the document', {}, { op: 'add', path: '', value: {} }],
    ['add beyond the end', [1], { op: 'add', path: '/2', value: 1 }],
    ['add at a word', [1], { op: 'add', path: '/x', value: 1 }],
    ['replace at the end', [1], { op: 'replace', path: '/-', value: 1 }],
    ['replace of the document by a scalar', {}, { op: 'replace', path: '', value: 1 }],
    ['an unknown operation', {}, { op: 'merge', path: '/a', value: 1 }],
    ['no path', {}, { op: 'add', value: 1 }],
    ['no from', {}, { op: 'copy', path: '/a' }],
    ['a length of a list', { a: [1] }, { op: 'test', path: '/a/length', value: 1 }],
    ['what an object inherits', {}, { op: 'test', path: '/constructor/name', value: 'Object' }],
  ])('%s', (_name, document, operation) => {
    refused(document, operation);
  });
});

describe('a null in a list', () => {
  it('can be tested, copied and moved', () => {
    expect(patched([null, 1], { op: 'test', path: '/0', value: null })).toEqual([null, 1]);
    expect(patched([null, 1], { op: 'copy', from: '/0', path: '/-' })).toEqual([null, 1, null]);
    expect(patched([null, 1], { op: 'move', from: '/0', path: '/-' })).toEqual([1, null]);
  });
});

describe('the result', () => {
  it('shares all that was not touched', () => {
    const document = frozen({ a: { b: { c: 1 } }, d: { e: [1, { f: 2 }] } });
    const result = patched(document, { op: 'add', path: '/a/b/x', value: 1 }) as typeof document;
    expect(result.d).toBe(document.d);
    expect(result.a).not.toBe(document.a);
    expect(patched(document)).toBe(document);
    expect(patched(document, { op: 'test', path: '/a/b/c', value: 1 })).toBe(document);
  });

  it('has copies that are independent', () => {
    const result = patched(
      { a: { n: 1 } },
      { op: 'add', path: '/a/m', value: 0 },
      { op: 'copy', from: '/a', path: '/b' },
      { op: 'replace', path: '/a/n', value: 2 },
      { op: 'add', path: '/b/k', value: 3 },
    );
    expect(result).toEqual({ a: { n: 2, m: 0 }, b: { n: 1, m: 0, k: 3 } });
  });

  it('does not write into values that several operations share', () => {
    const value = frozen({ list: [1] });
    const result = patched(
      {},
      { op: 'add', path: '/a', value },
      { op: 'add', path: '/b', value },
      { op: 'add', path: '/a/list/-', value: 2 },
    );
    expect(result).toEqual({ a: { list: [1, 2] }, b: { list: [1] } });
  });

  it('keeps keys that JavaScript reserves, and integers of 64 bits', () => {
    const document = parseJson('{"data":{"__proto__":"a","constructor":"b","10":"c","max":9223372036854775807}}');
    const result = patched(
      document,
      { op: 'test', path: '/data/max', value: 9_223_372_036_854_775_807n },
      { op: 'copy', from: '/data/max', path: '/data/toString' },
      { op: 'move', from: '/data/__proto__', path: '/data/moved' },
      { op: 'add', path: '/data/__proto__', value: { polluted: true } },
    );
    expect(stringifyJson(result)).toBe(
      '{"data":{"10":"c","constructor":"b","max":9223372036854775807,"toString":9223372036854775807,"moved":"a","__proto__":{"polluted":true}}}',
    );
    expect(({} as JsonObject)['polluted']).toBeUndefined();
  });
});

describe('growth', () => {
  it('by copies ends at 3 MiB', () => {
    const text = 'x'.repeat(1024 * 1024);
    const copy = (to: string): JsonPatchOperation => ({ op: 'copy', from: '/a', path: `/${to}` });
    expect(Object.keys(patched({ a: text }, copy('b'), copy('c')) as JsonObject)).toHaveLength(3);
    refused({ a: text }, copy('b'), copy('c'), copy('d'));
    const doubling = Array.from({ length: 60 }, () => ({ op: 'copy', from: '/a', path: '/a/-' }));
    refused({ a: ['x'] }, ...doubling);
  });

  it('in depth ends at a limit, without a stack overflow', () => {
    const operations: JsonPatchOperation[] = [];
    for (let depth = 0; depth < 5000; depth += 1) {
      const [from, to] = depth % 2 === 0 ? ['/a', '/b'] : ['/b', '/a'];
      operations.push({ op: 'add', path: to, value: {} }, { op: 'move', from, path: `${to}/x` });
    }
    refused({ a: {} }, ...operations);
    refused({ a: {} }, ...operations, { op: 'copy', from: '/a', path: '/c' });
  });
});
