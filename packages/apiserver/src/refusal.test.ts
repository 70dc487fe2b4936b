import { describe, expect, it } from '@jest/globals';
import { root, wildcard } from '@kcp/logical-cluster';
import type { Attributes, Authorizer, UserInfo } from '@kcp/auth';
import { explainRefusal, mayKnowWhy } from './refusal.ts';
import type { Exchange } from './exchange.ts';

const user = (groups: readonly string[], extra: UserInfo['extra'] = {}): UserInfo => ({
  name: 'jane',
  uid: '',
  groups,
  extra,
});
const admin = user(['system:kcp:admin', 'system:authenticated']);
const nobody = user(['system:authenticated']);

type Asking = Pick<Exchange, 'cluster' | 'user' | 'requestor' | 'warnings'>;
const asking = (changes: Partial<Asking> = {}): Asking => ({ cluster: root, user: nobody, warnings: [], ...changes });

describe('why somebody is refused', () => {
  it('is for administrators to know', () => {
    expect(mayKnowWhy(asking())).toBe(false);
    expect(mayKnowWhy(asking({ user: admin }))).toBe(true);
    expect(mayKnowWhy(asking({ user: user(['system:masters']) }))).toBe(true);
  });
  it('is not for those who are none here', () => {
    const elsewhere = { 'authentication.kcp.io/scopes': ['cluster:other'] };
    expect(mayKnowWhy(asking({ user: user(admin.groups, elsewhere) }))).toBe(false);
    expect(mayKnowWhy(asking({ user: admin, cluster: wildcard }))).toBe(false);
  });
  it('is for who asks in another’s place, not for whose place it is', () => {
    expect(mayKnowWhy(asking({ user: nobody, requestor: admin }))).toBe(true);
    expect(mayKnowWhy(asking({ user: admin, requestor: nobody }))).toBe(false);
  });
});

describe('the explanation', () => {
  const attributes: Attributes = {
    kind: 'resource',
    user: nobody,
    cluster: root,
    verb: 'update',
    group: 'apps',
    version: 'v1',
    resource: 'deployments',
    subresource: 'scale',
    namespace: 'ns',
    name: 'web',
  };
  const explained = async (about: Attributes, authorize: Authorizer): Promise<readonly string[]> => {
    const exchange = asking();
    await explainRefusal(exchange, about, authorize);
    return exchange.warnings;
  };

  it('names what was asked and the steps that refused, not those that passed it on', async () => {
    const chain: Authorizer = ({ record }) => {
      record?.('05-bootstrap', { kind: 'noOpinion', reason: 'bootstrap policy: ' });
      record?.('05-local', { kind: 'noOpinion', reason: '' });
      record?.('04-maxpermissionpolicy', { kind: 'noOpinion', reason: 'delegating due to no relevant binding found' });
      record?.('01-requiredgroups', { kind: 'allow', reason: '' });
      return { kind: 'noOpinion', reason: 'access denied' };
    };
    expect(await explained(attributes, chain)).toEqual([
      'update deployments.apps/scale ns/web in logical cluster "root" was refused by ' +
        '05-bootstrap: bootstrap policy; 05-local: no opinion',
    ]);
  });
  it('is left out where no step says anything', async () => {
    const path: Attributes = { kind: 'path', user: nobody, cluster: wildcard, verb: 'get', path: '/version' };
    expect(await explained(path, async () => ({ kind: 'deny', reason: '' }))).toEqual([]);
    const denying: Authorizer = ({ record }) => {
      record?.('03-systemcrd', { kind: 'deny', reason: 'no' });
      return Promise.resolve({ kind: 'deny', reason: 'access denied' });
    };
    expect(await explained(path, denying)).toEqual([
      'get /version in logical cluster "*" was refused by 03-systemcrd: no',
    ]);
  });
});
