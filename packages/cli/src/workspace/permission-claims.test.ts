import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import type { APIBinding, PermissionClaim } from '../kinds.ts';
import { openFixture, type Fixture } from '../testing/fixture.ts';
import { claimWarnings } from './permission-claims.ts';
import { useCommand } from './use.ts';

type Answer = PermissionClaim & { readonly state?: string };

const binding = (made: readonly PermissionClaim[], answers: readonly Answer[] = []): APIBinding => ({
  metadata: { name: 'gadgets' },
  spec: { permissionClaims: answers },
  status: { exportPermissionClaims: made },
});

describe('claims of a binding', () => {
  it('are nothing to speak of where they are decided as they are made', () => {
    const made = [{ resource: 'configmaps', verbs: ['get', 'list'] }];
    for (const state of ['Accepted', 'Rejected'])
      expect(claimWarnings(binding(made, [{ resource: 'configmaps', verbs: ['list', 'get'], state }]))).toEqual([]);
    expect(claimWarnings({ metadata: { name: 'bare' } })).toEqual([]);
  });

  it('are warned of where their verbs are others', () => {
    const made = [{ resource: 'configmaps', verbs: ['get', 'list'] }];
    const [line, ...more] = claimWarnings(binding(made, [{ resource: 'configmaps', verbs: ['*'], state: 'Accepted' }]));
    expect(line).toBe(
      'Warning: allowed verbs (*) on claim for configmaps on APIBinding gadgets do not match expected verbs (get,list).',
    );
    expect(more).toEqual([]);
  });

  it('are warned of where nobody answered', () => {
    expect(claimWarnings(binding([{ resource: 'secrets', verbs: ['*'] }]))).toEqual([
      'Warning: claim for secrets exported but not specified on APIBinding gadgets',
      "Add this claim to the APIBinding's Spec.",
      'Warning: claim for secrets specified on APIBinding gadgets but not accepted or rejected.',
      'Warning: allowed verbs () on claim for secrets on APIBinding gadgets do not match expected verbs ().',
    ]);
  });

  it('are warned of where they were answered without a decision', () => {
    const made = [{ group: 'x.io', resource: 'things', identityHash: 'abc', verbs: ['get'] }];
    expect(claimWarnings(binding(made, [{ ...made[0]!, state: '' }]))).toEqual([
      'Warning: claim for things.x.io:abc specified on APIBinding gadgets but not accepted or rejected.',
    ]);
  });

  it('are told apart by group and identity', () => {
    const made = [{ group: 'x.io', resource: 'things', verbs: ['get'] }];
    const other = { group: 'x.io', resource: 'things', identityHash: 'abc', verbs: ['get'], state: 'Accepted' };
    expect(claimWarnings(binding(made, [other]))[0]).toContain('claim for things.x.io exported but not specified');
  });
});

describe('warnings on the way', () => {
  let kcp: Fixture;
  beforeEach(async () => void (kcp = await openFixture()));
  afterEach(() => kcp[Symbol.asyncDispose]());
  const use = (word: string) => kcp.run((session) => useCommand(session, { word, short: false }));

  it('come beside the result', async () => {
    kcp.server.add('root:org').bindings = [binding([{ resource: 'secrets', verbs: ['*'] }])];
    const { out, err } = await use('org');
    expect([out.length, err.length]).toEqual([1, 4]);
    await use(':root');
    expect((await use('-')).err).toHaveLength(4);
  });

  it.each([
    [403, []],
    [404, []],
    [500, ['error checking APIBindings: no']],
  ])('of bindings that are refused with %i are %j', async (status, warnings) => {
    kcp.server.add('root:org').bindingsRefusal = status;
    const { out, err } = await use('org');
    expect(out).toEqual(["Current workspace is 'root:org' (type root:universal)."]);
    expect(err).toEqual(warnings);
  });
});
