import { describe, expect, it } from '@jest/globals';
import { readWorkspacesPlace } from './workspaces-place.ts';

describe('the place of workspaces', () => {
  it('is below a logical cluster, by name or path', () => {
    const path = '/apis/tenancy.kcp.io/v1alpha1/workspaces';
    expect(readWorkspacesPlace(`/root:org/personal${path}`)).toEqual({
      below: { kind: 'cluster', path: 'root:org' },
      scope: 'personal',
      path,
    });
    expect(readWorkspacesPlace(`/root%3Aorg/all${path}`)?.below).toEqual({ kind: 'cluster', path: 'root:org' });
  });

  it('may be anywhere', () => {
    expect(readWorkspacesPlace('/*/all/apis')).toEqual({ below: { kind: 'wildcard' }, scope: 'all', path: '/apis' });
    expect(readWorkspacesPlace('/%2A/all')).toEqual({ below: { kind: 'wildcard' }, scope: 'all', path: '/' });
  });

  it.each([
    '/',
    '/root',
    '/root/',
    '/root/some/apis',
    '/root/ALL/apis',
    '/Root/all/apis',
    '/root::a/all/apis',
    '/**/all',
  ])('is not %s', (rest) => {
    expect(readWorkspacesPlace(rest)).toBeUndefined();
  });
});
