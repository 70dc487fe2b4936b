import { describe, expect, it } from '@jest/globals';
import { root } from '@kcp/logical-cluster';
import type { Attributes, Authorizer, Decision } from '../authorizer.ts';
import { alwaysAllowGroups, alwaysAllowPaths, unionAuthorizers, withoutReasons } from './combine.ts';

const path = (value: string, groups: readonly string[] = []): Attributes => ({
  kind: 'path',
  user: { name: 'u', uid: '', groups, extra: {} },
  cluster: root,
  verb: 'get',
  path: value,
});
const says =
  (kind: Decision['kind'], reason = ''): Authorizer =>
  () => ({ kind, reason });
const late =
  (authorizer: Authorizer): Authorizer =>
  (attributes) =>
    Promise.resolve(authorizer(attributes));

describe('several authorizers', () => {
  it('are asked until one decides', () => {
    expect(unionAuthorizers(says('noOpinion', 'a'), says('allow', 'b'), says('deny', 'c'))(path('/'))).toEqual({
      kind: 'allow',
      reason: 'b',
    });
    expect(unionAuthorizers(says('noOpinion'), says('deny', 'c'), says('allow'))(path('/'))).toEqual({
      kind: 'deny',
      reason: 'c',
    });
  });
  it('say all their reasons where none decides', () => {
    expect(unionAuthorizers(says('noOpinion', 'a'), says('noOpinion'), says('noOpinion', 'b'))(path('/'))).toEqual({
      kind: 'noOpinion',
      reason: 'a\nb',
    });
    expect(unionAuthorizers()(path('/'))).toEqual({ kind: 'noOpinion', reason: '' });
  });
  it('may take time', async () => {
    const union = unionAuthorizers(says('noOpinion', 'a'), late(says('noOpinion', 'b')), says('noOpinion', 'c'));
    expect(await union(path('/'))).toEqual({ kind: 'noOpinion', reason: 'a\nb\nc' });
    expect(await unionAuthorizers(late(says('deny', 'd')), says('allow'))(path('/'))).toEqual({
      kind: 'deny',
      reason: 'd',
    });
  });
});

describe('groups that may do everything', () => {
  const authorize = alwaysAllowGroups('system:masters');
  it('are allowed without a reason', () => {
    expect(authorize(path('/', ['a', 'system:masters']))).toEqual({ kind: 'allow', reason: '' });
    expect(authorize(path('/', ['a', 'system:Masters']))).toEqual({ kind: 'noOpinion', reason: '' });
  });
});

describe('paths that are open to all', () => {
  const authorize = alwaysAllowPaths('/healthz', 'livez/*', '/');
  it.each([
    ['/healthz', 'allow'],
    ['/healthz/etcd', 'noOpinion'],
    ['/livez/', 'allow'],
    ['/livez/ping', 'allow'],
    ['/livez', 'noOpinion'],
    ['/', 'allow'],
    ['/api', 'noOpinion'],
  ])('%s: %s', (value, kind) => {
    expect(authorize(path(value))).toMatchObject({ kind });
  });
  it('are no resources', () => {
    const on = { group: '', version: 'v1', resource: 'healthz', subresource: '', namespace: '', name: '' };
    expect(authorize({ ...path('/'), kind: 'resource', ...on })).toMatchObject({ kind: 'noOpinion' });
  });
  it('have a star at their end only', () => {
    expect(() => alwaysAllowPaths('/a*b')).toThrow('only a trailing * is allowed');
  });
});

describe('reasons that are hidden', () => {
  it.each([
    ['allow', 'access granted'],
    ['deny', 'access denied'],
    ['noOpinion', 'access denied'],
  ] as const)('of %s become %s', async (kind, reason) => {
    expect(withoutReasons(says(kind, 'secret'))(path('/'))).toEqual({ kind, reason });
    expect(await withoutReasons(late(says(kind, 'secret')))(path('/'))).toEqual({ kind, reason });
  });
});
