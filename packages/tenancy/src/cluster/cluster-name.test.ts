import { describe, expect, it } from '@jest/globals';
import { clusterNameOf, homeClusterName } from './cluster-name.ts';

describe('the name of a home', () => {
  it.each([
    ['user-1', '285xjbwx8vocb'],
    ['alice@example.com', '8lzxt8ta0j0c'],
    ['kcp-admin', 'kvdk2spgmbix'],
  ])('of %s is the one that the original gives', (user, name) => {
    expect(homeClusterName(user)).toBe(name);
  });

  it('is a name whoever the user is', () => {
    for (let count = 0; count < 2_000; count += 1) expect(homeClusterName(`u${count}`)).toMatch(/^[0-9a-z]{9,14}$/);
  });
});

describe('the name of the logical cluster of a Workspace', () => {
  it('follows from its uid, and is none of a home', () => {
    expect(clusterNameOf('a')).toBe(clusterNameOf('a'));
    expect(clusterNameOf('a')).not.toBe(clusterNameOf('b'));
    expect(clusterNameOf('a')).toHaveLength(16);
  });
});
