import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { isObject, own } from '@kcp/api-machinery';
import { openWire, type Wire } from '@kcp/testing';
import { attemptsOn, describeAttempt, type Attempt, detours, doors, send, wildcards, type Form } from './attempt.ts';
import { kindName, text, type ServedKind } from './served-kind.ts';
import {
  HOME,
  inventory,
  markOf,
  metadataOf,
  NAME,
  NAMESPACE,
  OTHER,
  startTwoClusters,
  type TwoClusters,
} from './two-clusters.ts';

let clusters: TwoClusters;
/** Nobody's cluster: prefixes are part of what is tried. */
let user: Wire;
let account: Wire;
let before: readonly string[];

beforeAll(async () => {
  clusters = await startTwoClusters();
  const { server } = clusters;
  const authority = server.server.certificateAuthority;
  const accounts = `/api/v1/namespaces/${NAMESPACE}/serviceaccounts`;
  const { status } = await server.client(HOME).create(`${accounts}/worker/token`, { spec: {} });
  const token = isObject(status) ? text(status, 'token') : '';
  user = openWire({ url: server.url, token: server.tokenOf('user-1'), authority });
  account = openWire({ url: server.url, token, authority });
  before = await inventory(clusters, OTHER);
});
afterAll(async () => {
  for (const wire of [user, account]) wire[Symbol.dispose]();
  await clusters[Symbol.asyncDispose]();
});

/** Tries everything in some forms; what was allowed or seen. */
async function tryAll(
  wire: Wire,
  forms: readonly Form[],
  headers: Readonly<Record<string, string>> = {},
): Promise<readonly string[]> {
  const leaks: string[] = [];
  for (const kind of clusters.kinds) {
    for (const attempt of attemptsOn(kind, 'intruder')) {
      const answers = await Promise.all(forms.map((form) => send(wire, attempt, form, headers)));
      answers.forEach(({ status, text: body }, at) => {
        const form = forms[at];
        if (form === undefined || (status >= 400 && status < 500 && !body.includes(markOf(OTHER)))) return;
        leaks.push(`${describeAttempt(kind, attempt, form)}: ${status} ${body.slice(0, 200)}`);
      });
    }
  }
  return leaks;
}

/** Does everything at home, in every form; what was refused. */
async function refusals(who: string, wire: Wire): Promise<readonly string[]> {
  const refused: string[] = [];
  for (const [at, form] of doors(HOME).entries()) {
    for (const kind of clusters.kinds) {
      for (const attempt of attemptsOn(kind, `${who}-${at}`)) {
        const { status, text: body } = await send(wire, attempt, form);
        if (status < 300 || isSound(kind, attempt, status)) continue;
        refused.push(`${who} ${describeAttempt(kind, attempt, form)}: ${status} ${body.slice(0, 300)}`);
      }
    }
  }
  return refused;
}

async function expectUntouched(): Promise<void> {
  expect(await inventory(clusters, OTHER)).toEqual(before);
}

describe('somebody who may do everything in one logical cluster', () => {
  it('may do it there, in every form', async () => {
    const refused = [...(await refusals('user', user)), ...(await refusals('account', account))];
    expect(refused).toEqual([]);
  });

  it.each(['user', 'service account'])('sees and changes nothing in another as a %s', async (who) => {
    expect(await tryAll(who === 'user' ? user : account, doors(OTHER))).toEqual([]);
    await expectUntouched();
  });

  it.each(['user', 'service account'])('finds no detour as a %s', async (who) => {
    expect(await tryAll(who === 'user' ? user : account, detours)).toEqual([]);
    await expectUntouched();
  });

  it.each(['user', 'service account'])('may not look across all as a %s', async (who) => {
    expect(await tryAll(who === 'user' ? user : account, wildcards)).toEqual([]);
    await expectUntouched();
  });

  it.each([
    ['the owner of the other', { 'impersonate-user': 'user-2' }],
    ['the owner of the other and its groups', { 'impersonate-user': 'user-2', 'impersonate-group': 'team-2' }],
    ['a service account of the other', { 'impersonate-user': `system:serviceaccount:${NAMESPACE}:worker` }],
    [
      'a service account of the other by its cluster',
      {
        'impersonate-user': `system:serviceaccount:${NAMESPACE}:worker`,
        'impersonate-extra-authentication.kcp.io%2fcluster-name': OTHER,
      },
    ],
    ['a global service account', { 'impersonate-user': `system:kcp:serviceaccount:${OTHER}:${NAMESPACE}:worker` }],
    ['a master', { 'impersonate-user': 'x', 'impersonate-group': 'system:masters' }],
    [
      'a scope of the other',
      { 'impersonate-user': 'user-2', 'impersonate-extra-authentication.kcp.io%2fscopes': `cluster:${OTHER}` },
    ],
    [
      'a warrant for the other',
      {
        'impersonate-user': 'user-1',
        'impersonate-extra-authorization.kcp.io%2fwarrant': '{"user":"user-2","groups":["team-2"]}',
      },
    ],
    [
      'a warrant for a master',
      {
        'impersonate-user': 'user-1',
        'impersonate-extra-authorization.kcp.io%2fwarrant': '{"user":"x","groups":["system:masters"]}',
      },
    ],
  ])('does not get there by impersonating %s', async (_name, headers) => {
    expect(await tryAll(user, doors(OTHER).slice(0, 2), headers)).toEqual([]);
    await expectUntouched();
  });

  it('impersonates at home', async () => {
    const path = `/clusters/${HOME}/apis/authentication.k8s.io/v1/selfsubjectreviews`;
    const answer = await user.request(path, { method: 'POST', body: {}, headers: { 'impersonate-user': 'somebody' } });
    expect([answer.status, answer.text]).toEqual([403, expect.stringContaining('access')]);
    const review = `/clusters/${HOME}/api/v1/namespaces`;
    const worker = {
      'impersonate-user': `system:serviceaccount:${NAMESPACE}:worker`,
      'impersonate-group': 'system:serviceaccounts',
    };
    expect((await user.request(review, { headers: worker })).status).toBe(200);
    expect(
      (await user.request(review, { headers: { 'impersonate-user': 'x', 'impersonate-group': 'system:masters' } }))
        .status,
    ).toBe(403);
  });

  it('is at home without a prefix only with a token that was made there', async () => {
    const path = `/api/v1/namespaces/${NAMESPACE}/configmaps/${NAME}`;
    expect(text(metadataOf((await account.request(path)).object), 'name')).toBe(NAME);
    expect((await account.request(path)).text).toContain(markOf(HOME));
    expect((await user.request(path)).status).toBe(403);
  });
});

describe('questions about rights', () => {
  it('are answered for the logical cluster that was asked', async () => {
    const ask = async (cluster: string): Promise<unknown> => {
      const path = '/apis/authorization.k8s.io/v1/subjectaccessreviews';
      const spec = {
        user: 'user-1',
        groups: ['team-1', 'system:authenticated'],
        resourceAttributes: { verb: 'list', resource: 'secrets' },
      };
      const { status } = await clusters.server.client(cluster).create(path, { spec });
      return isObject(status) && own(status, 'allowed');
    };
    expect([await ask(HOME), await ask(OTHER)]).toEqual([true, false]);
  });
});

describe('all kinds', () => {
  it('were tried', () => {
    const tried = clusters.kinds.map(kindName);
    expect(tried).toEqual(expect.arrayContaining(['configmaps', 'secrets', 'namespaces', 'widgets.example.com']));
    expect(tried.length).toBeGreaterThan(20);
  });
});

/** What a sound request may come to where the kind has rules of its own, beside a success. */
function isSound({ resource }: ServedKind, { verb, path }: Attempt, status: number): boolean {
  // there is one LogicalCluster, which only the server makes and removes
  if (resource === 'logicalclusters' && (verb === 'create' || verb.startsWith('delete'))) return true;
  // what bindings and exports have come to is for the server to say
  if (path.endsWith('/status') && ['apibindings', 'apiexports'].includes(resource)) return status === 403;
  // some kinds are updated only with a resourceVersion
  return verb === 'update' && status === 422;
}
