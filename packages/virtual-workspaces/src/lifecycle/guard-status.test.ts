import { describe, expect, it } from '@jest/globals';
import type { JsonObject, KubeObject } from '@kcp/api-machinery';
import type { WriteContext } from '@kcp/apiserver';
import { guardStatus, statusErrors } from './guard-status.ts';
import { initializing, terminating } from './lifecycle-kind.ts';

const before = {
  phase: 'Initializing',
  URL: 'https://here',
  initializers: ['a:one', 'a:two'],
  terminators: ['a:three'],
};

function cluster(status: JsonObject): KubeObject {
  return { apiVersion: 'core.kcp.io/v1alpha1', kind: 'LogicalCluster', metadata: { name: 'cluster' }, status };
}

function errors(status: JsonObject, kind = initializing, name = 'a:one'): readonly string[] {
  return statusErrors(kind, name, { object: cluster(status), old: cluster(before) }).map(
    ({ field, message }) => `${field}: ${message}`,
  );
}

const ONLY = 'only removing the "a:one" initializer is supported';

describe('the status of a LogicalCluster, to a controller that it waits for', () => {
  it('loses the entry of the controller', () => {
    expect(errors({ ...before, initializers: ['a:two'] })).toEqual([]);
    expect(
      statusErrors(terminating, 'a:three', { object: cluster({ ...before, terminators: [] }), old: cluster(before) }),
    ).toEqual([]);
  });

  it('may lose the list with its last entry', () => {
    const { terminators: _, ...rest } = before;
    expect(statusErrors(terminating, 'a:three', { object: cluster(rest), old: cluster(before) })).toEqual([]);
  });

  it('may say more of how it gets on', () => {
    expect(errors({ ...before, conditions: [{ type: 'Ready', status: 'False' }] })).toEqual([]);
  });

  it.each([
    ['the entry of another', ['a:one']],
    ['both entries', []],
    ['one entry for another', ['a:two', 'a:four']],
    ['the order of what is left', ['a:two', 'a:one']],
    ['an entry added', ['a:one', 'a:two', 'a:four']],
    ['an entry twice', ['a:two', 'a:two']],
    ['everything for one wrong entry', ['wrong']],
  ])('does not lose or gain %s', (_, initializers) => {
    expect(errors({ ...before, initializers })).toEqual([expect.stringContaining(ONLY)]);
  });

  it.each([
    ['phase', { ...before, phase: 'Ready' }],
    ['URL', { ...before, URL: 'https://elsewhere' }],
    ['terminators', { ...before, terminators: [] }],
    ['more', { ...before, more: true }],
  ])('keeps %s', (field, status) => {
    expect(errors(status)).toEqual([
      expect.stringMatching(new RegExp(`^status\\.${field}: .*only removing the "a:one"`)),
    ]);
  });

  it('does not lose what it had', () => {
    const { URL: _, ...rest } = before;
    expect(errors(rest)).toEqual([expect.stringMatching(/^status\.URL: /)]);
  });

  it('is checked by the kind as well', () => {
    const strategy = guardStatus(initializing, 'a:one', {
      validateUpdate: () => [{ type: 'Invalid', field: 'x', message: 'y' }] as never,
    });
    const found = strategy.validateUpdate?.(
      cluster({ ...before, phase: 'Ready' }),
      cluster(before),
      {} as WriteContext,
    );
    expect(found?.map(({ field }) => field)).toEqual(['status.phase', 'x']);
  });
});
