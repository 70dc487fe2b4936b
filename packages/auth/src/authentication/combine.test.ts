import { describe, expect, it } from '@jest/globals';
import type { Authenticator, UserInfo } from '../user.ts';
import { aggregate, anonymous, orAnonymous, unionAuthenticators, withAuthenticatedGroup } from './combine.ts';

const nothing = { token: undefined, certificate: undefined };
const knows = (user: Partial<UserInfo>): Authenticator => {
  const answer = { kind: 'authenticated', user: { name: 'u', uid: '', groups: [], extra: {}, ...user } } as const;
  return () => answer;
};
const silent: Authenticator = () => ({ kind: 'none' });
const refuses: Authenticator = () => ({ kind: 'refused', why: 'wrong' });
const groupsOf = (authenticator: Authenticator) => {
  const answer = authenticator(nothing);
  return 'user' in answer ? answer.user.groups : answer;
};

describe('several authenticators', () => {
  it('are asked in turn until one knows', () => {
    expect(unionAuthenticators(silent, refuses, knows({ name: 'b' }), knows({ name: 'c' }))(nothing)).toMatchObject({
      user: { name: 'b' },
    });
  });
  it('refuse together what none of them knows', () => {
    const other: Authenticator = () => ({ kind: 'refused', why: 'other' });
    expect(unionAuthenticators(refuses, silent, other, refuses)(nothing)).toEqual({
      kind: 'refused',
      why: '[wrong, other]',
    });
    expect(unionAuthenticators(silent, silent)(nothing)).toEqual({ kind: 'none' });
    expect(unionAuthenticators()(nothing)).toEqual({ kind: 'none' });
  });
  it('go on after one that takes time', async () => {
    const late: Authenticator = () => Promise.resolve({ kind: 'refused', why: 'late' });
    expect(await unionAuthenticators(late, knows({ name: 'b' }))(nothing)).toMatchObject({ user: { name: 'b' } });
    expect(await unionAuthenticators(late, refuses)(nothing)).toEqual({ kind: 'refused', why: '[late, wrong]' });
  });
  it('do not swallow what one of them throws', () => {
    const broken: Authenticator = () => {
      throw new Error('store');
    };
    expect(() => unionAuthenticators(broken, knows({}))(nothing)).toThrow('store');
  });
});

describe('texts of several errors', () => {
  it('are said once each', () => {
    expect(aggregate(['a', 'b', 'a'])).toBe('[a, b]');
    expect(aggregate(['a', 'a'])).toBe('a');
  });
});

describe('anonymous', () => {
  it('is who shows nothing', () => {
    expect(orAnonymous(silent)(nothing)).toEqual({
      kind: 'authenticated',
      user: { name: 'system:anonymous', uid: '', groups: ['system:unauthenticated'], extra: {} },
    });
    expect(anonymous(nothing)).toEqual(orAnonymous(silent)(nothing));
  });
  it('is never who shows something wrong', async () => {
    expect(orAnonymous(refuses)(nothing)).toEqual({ kind: 'refused', why: 'wrong' });
    expect(await orAnonymous(() => Promise.resolve({ kind: 'refused', why: 'late' }))(nothing)).toEqual({
      kind: 'refused',
      why: 'late',
    });
  });
});

describe('the group of the authenticated', () => {
  it('is added last', () => {
    expect(groupsOf(withAuthenticatedGroup(knows({ groups: ['team'] })))).toEqual(['team', 'system:authenticated']);
  });
  it('is not added twice, nor to the anonymous', () => {
    expect(groupsOf(withAuthenticatedGroup(knows({ groups: ['system:authenticated', 'a'] })))).toEqual([
      'system:authenticated',
      'a',
    ]);
    expect(groupsOf(withAuthenticatedGroup(knows({ groups: ['system:unauthenticated'] })))).toEqual([
      'system:unauthenticated',
    ]);
    expect(groupsOf(withAuthenticatedGroup(anonymous))).toEqual(['system:unauthenticated']);
  });
  it('keeps refusals and one user for one answer', async () => {
    expect(withAuthenticatedGroup(refuses)(nothing)).toEqual({ kind: 'refused', why: 'wrong' });
    const ask = withAuthenticatedGroup(knows({}));
    expect(ask(nothing)).toBe(ask(nothing));
    const late = withAuthenticatedGroup(() =>
      Promise.resolve({ kind: 'authenticated', user: { name: 'l', uid: '', groups: [], extra: {} } }),
    );
    expect(await late(nothing)).toMatchObject({ user: { groups: ['system:authenticated'] } });
  });
});
