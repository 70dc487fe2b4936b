import { describe, expect, it } from '@jest/globals';
import { root, type LogicalCluster } from '@kcp/logical-cluster';
import { effectiveUsers } from '../effective-users.ts';
import type { UserInfo } from '../user.ts';
import { confine } from './gatekeeper.ts';

const AUTHENTICATED = 'system:authenticated';
const WARRANT = 'authorization.kcp.io/warrant';
const elsewhere = 'other' as LogicalCluster;
const actor: UserInfo = { name: 'actor', uid: '', groups: [AUTHENTICATED], extra: {} };
const master: UserInfo = { ...actor, groups: ['system:masters', AUTHENTICATED] };
const inner = { user: 'eve', uid: '', groups: [], extra: {} };
const outer = { user: 'al', extra: { [WARRANT]: [JSON.stringify(inner)] } };
const bob: UserInfo = { name: 'bob', uid: '', groups: [AUTHENTICATED], extra: { [WARRANT]: [JSON.stringify(outer)] } };
const namesIn = (who: UserInfo, cluster: LogicalCluster) => effectiveUsers(who, cluster).map(({ name }) => name);

describe('who was impersonated in a logical cluster', () => {
  it('counts there, with all warrants, and nowhere else', () => {
    const confined = confine(actor, bob, root);
    expect(namesIn(confined, root)).toEqual(['bob', 'al', 'eve']);
    expect(namesIn(confined, elsewhere)).toEqual(['system:anonymous', 'system:anonymous']);
  });
  it('keeps the scopes that were asked for, and has one more', () => {
    const scopes = 'authentication.kcp.io/scopes';
    const asked = { ...bob, extra: { [scopes]: ['cluster:root,cluster:other'] } };
    expect(confine(actor, asked, root).extra[scopes]).toEqual(['cluster:root,cluster:other', 'cluster:root']);
  });
  it('stays as it is where a master did so', () => {
    expect(confine(master, bob, root)).toBe(bob);
    expect(namesIn(confine(master, bob, root), elsewhere)).toEqual(['bob', 'al', 'eve']);
  });
});
