import { describe, expect, it } from '@jest/globals';
import { ApiError } from '@kcp/api-machinery';
import { wildcard, type LogicalCluster } from '@kcp/logical-cluster';
import { locate } from './cluster-scope.ts';

const org = '1a2b3c' as LogicalCluster;
const options = { resolve: (path: string) => (path === 'root:org' ? org : undefined), fallback: undefined };

describe('locate', () => {
  it('takes the cluster from the path, and leaves the rest of it', () => {
    expect(locate('/clusters/blue/api/v1', undefined, options)).toEqual({
      cluster: 'blue',
      prefix: '/clusters/blue',
      path: '/api/v1',
    });
    expect(locate('/clusters/root%3Aorg/api', undefined, options)).toEqual({
      cluster: org,
      prefix: '/clusters/root%3Aorg',
      path: '/api',
    });
    expect(locate('/clusters/*/api', undefined, options).cluster).toBe(wildcard);
    expect(locate('/clusters/blue', undefined, options).path).toBe('/');
  });

  it('takes it from the header, then from the token, then root', () => {
    expect(locate('/api', 'blue', options).cluster).toBe('blue');
    expect(locate('/api', undefined, { ...options, fallback: org }).cluster).toBe(org);
    expect(locate('/api', undefined, options).cluster).toBe('root');
  });

  it('refuses a path and a header that disagree', () => {
    expect(() => locate('/clusters/blue/api', 'green', options)).toThrow('names the logical cluster "blue"');
    expect(locate('/clusters/blue/api', 'blue', options).cluster).toBe('blue');
  });

  it.each(['Root', 'root::x', 'root:', 'root:*', 'a_b', '__proto__', 'a%2Fb'])('refuses %s', (name) => {
    expect(() => locate(`/clusters/${name}/api`, undefined, options)).toThrow('does not match the regex');
  });

  it('says that a path leads nowhere', () => {
    const act = (): unknown => locate('/clusters/root:none/api', undefined, options);
    expect(act).toThrow(ApiError);
    expect(act).toThrow('workspaces.tenancy.kcp.io "root:none" not found');
  });
});
