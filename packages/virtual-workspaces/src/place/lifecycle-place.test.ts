import { describe, expect, it } from '@jest/globals';
import { wildcard } from '@kcp/logical-cluster';
import { readLifecyclePlace } from './lifecycle-place.ts';

describe('the place of a controller', () => {
  it('is a name, a logical cluster and a path', () => {
    expect(readLifecyclePlace('/abc:fast/clusters/def/api/v1/namespaces')).toEqual({
      key: 'abc:fast',
      cluster: 'def',
      path: '/api/v1/namespaces',
    });
  });

  it('may be all logical clusters', () => {
    expect(readLifecyclePlace('/abc:fast/clusters/*/apis')).toEqual({
      key: 'abc:fast',
      cluster: wildcard,
      path: '/apis',
    });
    expect(readLifecyclePlace('/abc:fast/clusters/%2A/apis')?.cluster).toEqual(wildcard);
  });

  it('has the root as its path where none is named', () => {
    expect(readLifecyclePlace('/abc:fast/clusters/def')?.path).toBe('/');
    expect(readLifecyclePlace('/abc:fast/clusters/def/')?.path).toBe('/');
  });

  it('reads escaped colons', () => {
    expect(readLifecyclePlace('/abc%3Afast/clusters/def/apis')?.key).toBe('abc:fast');
    expect(readLifecyclePlace('/system:apibindings/clusters/def/apis')?.key).toBe('system:apibindings');
  });

  it.each([
    '/',
    '/abc:fast',
    '/abc:fast/clusters',
    '/abc:fast/clusters/',
    '//clusters/def/apis',
    '/abc:fast/cluster/def/apis',
    // a path would have to be looked up before it is known who asks
    '/abc:fast/clusters/root:org/apis',
    '/abc:fast/clusters/UPPER/apis',
    '/abc:fast/clusters/../apis',
    '/abc%2Ffast/clusters/def/apis',
    '/abc%zz/clusters/def/apis',
    '/abc:fast/clusters/%zz/apis',
  ])('is not %s', (rest) => {
    expect(readLifecyclePlace(rest)).toBeUndefined();
  });
});
