import { describe, expect, it } from '@jest/globals';
import type { Attributes, Decision } from '@kcp/auth';
import { wildcard } from '@kcp/logical-cluster';
import { initializing, terminating } from './lifecycle-kind.ts';
import { lifecycleType } from './lifecycle-type.ts';
import { mayAct } from './may-act.ts';

const user = { name: 'u', uid: '', groups: [], extra: {} };
const request: Attributes = { kind: 'path', user, cluster: wildcard, verb: 'get', path: '/apis' };

async function asked(kind: typeof initializing, key: string, attributes = request): Promise<Attributes | undefined> {
  let seen: Attributes | undefined;
  const authorize = (question: Attributes): Decision => {
    seen = question;
    return { kind: 'noOpinion', reason: '' };
  };
  await mayAct(kind, lifecycleType(key), authorize)(attributes);
  return seen;
}

describe('who may act for a type', () => {
  it('needs the verb on the type, where the type is', async () => {
    expect(await asked(initializing, 'abc:fast')).toMatchObject({
      kind: 'resource',
      cluster: 'abc',
      verb: 'initialize',
      group: 'tenancy.kcp.io',
      resource: 'workspacetypes',
      name: 'fast',
      user,
    });
    expect(await asked(terminating, 'abc:fast')).toMatchObject({ verb: 'terminate', name: 'fast' });
  });

  it('is asked nothing that RBAC can grant where the name is of no type', async () => {
    expect(await asked(initializing, 'whatever')).toMatchObject({ kind: 'path', cluster: wildcard });
  });

  it('passes on what is written down of the decision', async () => {
    const record = (): void => {};
    expect((await asked(initializing, 'abc:fast', { ...request, record }))?.record).toBe(record);
  });
});
