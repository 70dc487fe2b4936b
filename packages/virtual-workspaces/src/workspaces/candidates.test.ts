import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { JsonObject, KubeObject } from '@kcp/api-machinery';
import type { UserInfo } from '@kcp/auth';
import { keyOf, openTestStore, type TestStore } from '@kcp/object-store/testing';
import { candidates } from './candidates.ts';
import { clusterRoleBindings } from './entry-buckets.ts';
import { Grantees } from './grantees.ts';
import { MANY, subjectIndex, subjectValues } from './subject-index.ts';

let test: TestStore;
beforeEach(async () => {
  test = await openTestStore({ indexes: [subjectIndex] });
});
afterEach(() => test.store[Symbol.dispose]());

function binding(name: string, subjects: readonly JsonObject[]): KubeObject {
  return {
    apiVersion: 'rbac.authorization.k8s.io/v1',
    kind: 'ClusterRoleBinding',
    metadata: { name },
    subjects: [...subjects],
    roleRef: { kind: 'ClusterRole', name: 'any' },
  };
}

async function bind(cluster: string, name: string, ...subjects: readonly JsonObject[]): Promise<void> {
  const key = keyOf(cluster, '', name);
  const write = {
    kind: 'create',
    bucket: clusterRoleBindings,
    key,
    object: binding(name, subjects),
    fingerprint: 'v1',
  } as const;
  await test.store.commit([write]);
}

const ann: UserInfo = { name: 'ann', uid: '', groups: ['team', 'system:authenticated'], extra: {} };
const user = (name: string): JsonObject => ({ kind: 'User', name });
const group = (name: string): JsonObject => ({ kind: 'Group', name });

function all(who: UserInfo, pages: number[] = []): readonly string[] | undefined {
  const found: string[] = [];
  let after: string | undefined;
  do {
    const page = candidates(test.store, new Grantees(who), { after });
    if (page === undefined) return undefined;
    pages.push(page.clusters.length);
    found.push(...page.clusters);
    after = page.next;
  } while (after !== undefined);
  return found;
}

describe('logical clusters that somebody may have rights in', () => {
  it('are not known before all bindings are', async () => {
    await bind('one', 'a', user('ann'));
    expect(all(ann)).toBeUndefined();
    await test.store.buildIndexes(new AbortController().signal);
    expect(all(ann)).toEqual(['one']);
  });

  it('have bindings for them or for their groups, each once, in order', async () => {
    await test.store.buildIndexes(new AbortController().signal);
    await bind('two', 'a', user('ann'), group('team'));
    await bind('two', 'b', group('team'));
    await bind('one', 'a', group('system:authenticated'));
    await bind('one-more', 'a', user('bob'));
    await bind('three', 'a', group('ann'), user('team'));
    expect(all(ann)).toEqual(['one', 'two']);
  });

  it('come in pages that miss none and repeat none', async () => {
    await test.store.buildIndexes(new AbortController().signal);
    const names = Array.from({ length: 450 }, (_, at) => `c${String(at).padStart(3, '0')}`);
    for (const [at, name] of names.entries()) await bind(name, 'a', at % 3 === 0 ? user('ann') : group('team'));
    await bind('c000', 'b', group('team'));
    const pages: number[] = [];
    expect(all(ann, pages)).toEqual(names);
    expect(pages.length).toBeGreaterThan(1);
  });

  it('are those of one state of the store', async () => {
    await test.store.buildIndexes(new AbortController().signal);
    await bind('one', 'a', user('ann'));
    const at = test.store.head();
    await bind('two', 'a', user('ann'));
    expect(candidates(test.store, new Grantees(ann), { at })).toMatchObject({ clusters: ['one'], revision: at });
  });

  it('are found for service accounts, at home and by their name elsewhere', async () => {
    await test.store.buildIndexes(new AbortController().signal);
    await bind('one', 'a', { kind: 'ServiceAccount', namespace: 'ns', name: 'robot' });
    await bind('two', 'a', user('system:kcp:serviceaccount:home:ns:robot'));
    await bind('three', 'a', { kind: 'ServiceAccount', namespace: 'other', name: 'robot' });
    const robot: UserInfo = {
      name: 'system:serviceaccount:ns:robot',
      uid: '',
      groups: ['system:serviceaccounts', 'system:authenticated'],
      extra: { 'authentication.kcp.io/cluster-name': ['home'] },
    };
    expect(all(robot)).toEqual(['home', 'one', 'two']);
  });

  it('are found for who is confined, and for whom warrants speak', async () => {
    await test.store.buildIndexes(new AbortController().signal);
    await bind('one', 'a', user('ann'));
    await bind('two', 'a', user('bob'));
    const warrant = JSON.stringify({ user: 'bob', extra: { 'authentication.kcp.io/scopes': ['cluster:two'] } });
    const confined = {
      ...ann,
      extra: { 'authentication.kcp.io/scopes': ['cluster:one'], 'authorization.kcp.io/warrant': [warrant] },
    };
    expect(all(confined)).toEqual(expect.arrayContaining(['one', 'two']));
  });
});

describe('what a binding is found by', () => {
  it('are its subjects, told apart by their kind', () => {
    const subjects = [
      user('a'),
      group('a'),
      { kind: 'ServiceAccount', namespace: 'n', name: 'a' },
      user('a'),
      user(''),
    ];
    expect(subjectValues(binding('x', subjects))).toEqual(['u:a', 'g:a', 's:n:a']);
  });

  it('is everybody where it has very many of them', async () => {
    await test.store.buildIndexes(new AbortController().signal);
    const subjects = Array.from({ length: 200 }, (_, at) => user(`u${at}`));
    expect(subjectValues(binding('x', subjects))).toEqual([MANY]);
    await bind('one', 'a', ...subjects);
    expect(all(ann)).toEqual(['one']);
  });

  it('is nothing where it cannot be read', () => {
    expect(subjectValues({ apiVersion: 'v1', kind: 'x', metadata: {}, subjects: 'none' })).toEqual([]);
  });
});
