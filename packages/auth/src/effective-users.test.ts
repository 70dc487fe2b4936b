import { describe, expect, it } from '@jest/globals';
import { root } from '@kcp/logical-cluster';
import type { LogicalCluster } from '@kcp/logical-cluster';
import { effectiveUsers, isEffectivelyIn, isForeign, isInScope, mapWarrants, warrants } from './effective-users.ts';
import type { UserInfo } from './user.ts';

const other = 'other' as LogicalCluster;
const AUTHENTICATED = 'system:authenticated';
const SCOPES = 'authentication.kcp.io/scopes';
const HOME = 'authentication.kcp.io/cluster-name';
const WARRANT = 'authorization.kcp.io/warrant';
const user = (changes: Partial<UserInfo> = {}): UserInfo => ({
  name: 'jane',
  uid: '',
  groups: [AUTHENTICATED],
  extra: {},
  ...changes,
});
const account = (extra: UserInfo['extra'] = {}): UserInfo => user({ name: 'system:serviceaccount:ns:bot', extra });
const shown = (who: UserInfo, cluster = root) =>
  effectiveUsers(who, cluster).map(({ name, groups }) => [name, ...groups]);

describe('scopes', () => {
  it.each([
    [[], true],
    [['cluster:root'], true],
    [['cluster:other,cluster:root'], true],
    [['cluster:other'], false],
    [['cluster:root', 'cluster:other'], false],
    [['cluster:root,cluster:other', 'cluster:root'], true],
    [['root'], false],
    [[''], false],
  ])('%j let into root: %j', (scopes, inside) => {
    expect(isInScope(user({ extra: { [SCOPES]: scopes } }), root)).toBe(inside);
  });
  it('make a stranger from the scope’s clusters of whom they leave out', () => {
    const scoped = user({ extra: { [SCOPES]: ['cluster:a,cluster:b', 'cluster:b,cluster:c'] } });
    expect(shown(scoped)).toEqual([['system:anonymous', AUTHENTICATED, 'system:cluster:b']]);
    expect(shown(user({ extra: { [SCOPES]: ['cluster:a', 'cluster:b'] } }))).toEqual([
      ['system:anonymous', AUTHENTICATED],
    ]);
  });
  it('make nobody of whom they leave out unauthenticated', () => {
    const scoped = user({ groups: ['system:kcp:admin'], extra: { [SCOPES]: ['cluster:a'] } });
    expect(shown(scoped)).toEqual([['system:anonymous', 'system:unauthenticated']]);
  });
});

describe('service accounts', () => {
  it('are at home in one logical cluster, and anywhere where they have none', () => {
    expect(isForeign(account(), root)).toBe(false);
    expect(isForeign(account({ [HOME]: ['root'] }), root)).toBe(false);
    expect(isForeign(account({ [HOME]: ['root'] }), other)).toBe(true);
    expect(isForeign(account({ [HOME]: ['root', 'other'] }), root)).toBe(true);
    expect(isForeign(user({ extra: { [HOME]: ['other'] } }), root)).toBe(false);
  });
  it('have their own name at home and the global one everywhere', () => {
    const local = account({ [HOME]: ['root'], [SCOPES]: ['cluster:root'] });
    expect(shown(local)).toEqual([
      ['system:serviceaccount:ns:bot', AUTHENTICATED],
      ['system:kcp:serviceaccount:root:ns:bot', AUTHENTICATED, 'system:cluster:root'],
    ]);
    expect(shown(local, other)).toEqual([
      ['system:kcp:serviceaccount:root:ns:bot', AUTHENTICATED, 'system:cluster:root'],
      ['system:anonymous', AUTHENTICATED, 'system:cluster:root'],
    ]);
    expect(shown(account())).toEqual([['system:serviceaccount:ns:bot', AUTHENTICATED]]);
  });
});

describe('warrants', () => {
  const warranted = (...warrants: object[]) =>
    user({ extra: { [WARRANT]: warrants.map((warrant) => JSON.stringify(warrant)) } });

  it('add identities', () => {
    expect(shown(warranted({ user: 'bob', groups: ['a'] }, { user: 'eve' }))).toEqual([
      ['jane', AUTHENTICATED],
      ['bob', 'a'],
      ['eve'],
    ]);
  });
  it('may have warrants, and their own scopes', () => {
    const nested = { user: 'bob', extra: { [WARRANT]: ['{"user":"eve"}'], [SCOPES]: ['cluster:other'] } };
    expect(shown(warranted(nested))).toEqual([
      ['jane', AUTHENTICATED],
      ['eve'],
      ['system:anonymous', 'system:unauthenticated'],
    ]);
  });
  it('come from the logical clusters of their own scopes; strangers only from the user’s', () => {
    const scoped = { user: 'bob', groups: [AUTHENTICATED], extra: { [SCOPES]: ['cluster:other'] } };
    const groups = [AUTHENTICATED, 'system:cluster:other'];
    expect(shown(warranted(scoped), other)).toEqual([
      ['jane', AUTHENTICATED],
      ['bob', ...groups],
    ]);
    expect(shown(warranted(scoped))).toEqual([
      ['jane', AUTHENTICATED],
      ['system:anonymous', AUTHENTICATED],
    ]);
  });
  it('of somebody out of scope count all the same', () => {
    const scoped = user({ extra: { [SCOPES]: ['cluster:other'], [WARRANT]: ['{"user":"bob"}'] } });
    expect(shown(scoped).map(([name]) => name)).toEqual(['bob', 'system:anonymous']);
  });
  it('for service accounts need a logical cluster', () => {
    const name = 'system:serviceaccount:ns:x';
    expect(shown(warranted({ user: name })).length).toBe(1);
    expect(shown(warranted({ user: name, extra: { [HOME]: ['root'] } })).map(([first]) => first)).toContain(name);
  });
  it('that are malformed count for nothing', () => {
    const texts = [
      'x',
      '5',
      'null',
      '[]',
      '{"user":5}',
      '{"groups":"a"}',
      '{"groups":[5]}',
      '{"extra":[]}',
      '{"extra":{"a":"b"}}',
    ];
    expect(effectiveUsers(user({ extra: { [WARRANT]: texts } }), root)).toHaveLength(1);
  });
  it('are bounded, deep or many', () => {
    let deep = '{"user":"last"}';
    for (let n = 0; n < 12; n += 1) deep = JSON.stringify({ user: `u${n}`, extra: { [WARRANT]: [deep] } });
    expect(shown(user({ extra: { [WARRANT]: [deep] } })).map(([name]) => name)).not.toContain('last');
    const many = Array.from({ length: 1000 }, (_, n) => JSON.stringify({ user: `u${n}` }));
    expect(effectiveUsers(user({ extra: { [WARRANT]: many } }), root).length).toBeLessThan(100);
  });
});

describe('changing warrants', () => {
  const loud = (warrant: UserInfo): UserInfo => ({ ...warrant, name: warrant.name.toUpperCase() });

  it('reaches those of warrants and leaves the user as it is', () => {
    const inner = JSON.stringify({ user: 'eve' });
    const jane = user({ extra: { [WARRANT]: [JSON.stringify({ user: 'bob', extra: { [WARRANT]: [inner] } })] } });
    const changed = mapWarrants(jane, loud);
    const [bob] = warrants(changed);
    expect([changed.name, bob?.name, bob && warrants(bob).map(({ name }) => name)]).toEqual(['jane', 'BOB', ['EVE']]);
  });
  it('drops what counts for nothing', () => {
    expect(mapWarrants(user({ extra: { a: ['b'], [WARRANT]: ['x'] } }), loud).extra).toEqual({ a: ['b'] });
    const plain = user();
    expect(mapWarrants(plain, loud)).toBe(plain);
  });
});

describe('extras', () => {
  it('that are named like JavaScript’s own mean nothing', () => {
    const tricky = Object.fromEntries([
      ['__proto__', ['x']],
      ['constructor', ['y']],
    ]);
    expect(effectiveUsers(user({ extra: tricky }), root)).toHaveLength(1);
    expect(isEffectivelyIn(user({ extra: tricky }), root, AUTHENTICATED)).toBe(true);
  });
});
