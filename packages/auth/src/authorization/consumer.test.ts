import { describe, expect, it } from '@jest/globals';
import { warrants } from '../effective-users.ts';
import type { UserInfo } from '../user.ts';
import { asConsumer } from './consumer.ts';

const AUTHENTICATED = 'system:authenticated';
const HOME = 'authentication.kcp.io/cluster-name';
const SCOPES = 'authentication.kcp.io/scopes';
const WARRANT = 'authorization.kcp.io/warrant';
const jane: UserInfo = { name: 'jane', uid: 'u1', groups: ['team', AUTHENTICATED], extra: {} };
const account = (homes: readonly string[], groups: readonly string[] = [AUTHENTICATED]): UserInfo => ({
  name: 'system:serviceaccount:ns:bot',
  uid: 'u2',
  groups,
  extra: { [HOME]: homes },
});

describe('a consumer', () => {
  it('is told from the provider’s own people by name and groups', () => {
    expect(asConsumer(jane)).toEqual({
      name: 'apis.kcp.io:binding:jane',
      uid: 'u1',
      groups: ['apis.kcp.io:binding:team', 'apis.kcp.io:binding:system:authenticated'],
      extra: {},
    });
  });
  it('stays within its scopes', () => {
    const extra = { [SCOPES]: ['cluster:a'], other: ['x'] };
    expect(asConsumer({ ...jane, extra }).extra).toEqual(extra);
  });
  it('brings its warrants along, at any depth', () => {
    const inner = JSON.stringify({ user: 'eve', groups: ['g'] });
    const warrant = JSON.stringify({ user: 'bob', extra: { [WARRANT]: [inner, 'malformed'] } });
    const [bob] = warrants(asConsumer({ ...jane, extra: { [WARRANT]: [warrant] } }));
    expect(bob?.name).toBe('apis.kcp.io:binding:bob');
    expect(bob && warrants(bob)).toEqual([
      { name: 'apis.kcp.io:binding:eve', uid: '', groups: ['apis.kcp.io:binding:g'], extra: {} },
    ]);
  });
});

describe('a service account as consumer', () => {
  it('has its global name', () => {
    expect(asConsumer(account(['a'])).name).toBe('apis.kcp.io:binding:system:kcp:serviceaccount:a:ns:bot');
  });
  it.each([
    ['nowhere', account([]), AUTHENTICATED],
    ['two places', account(['a', 'b']), AUTHENTICATED],
    ['nowhere, not signed in', account([], []), 'system:unauthenticated'],
  ])('from %s is nobody', (_, who, group) => {
    expect(asConsumer(who)).toEqual({
      name: 'apis.kcp.io:binding:system:anonymous',
      uid: '',
      groups: [`apis.kcp.io:binding:${group}`],
      extra: {},
    });
  });
});
