import { describe, expect, it } from '@jest/globals';
import { ApiError, stringifyJson, type JsonObject } from '@kcp/api-machinery';
import type { Transport } from '@kcp/http';
import { createClient } from './client.ts';
import { kinds } from './kinds.ts';
import { continueAfterExpiry } from './status-error.ts';

/** A client whose server has these answers, one after the other. */
function answering(answers: readonly (JsonObject | ApiError)[]) {
  const targets: string[] = [];
  const transport: Transport = ({ target }) => {
    const answer = answers[targets.push(target) - 1] ?? new ApiError('InternalError', 'asked too often');
    const [status, object] = answer instanceof ApiError ? [answer.code, answer.toStatus()] : [200, answer];
    const bytes = () => Promise.resolve(Buffer.from(stringifyJson(object)));
    return Promise.resolve({ status, headers: {}, body: (async function* () {})(), bytes });
  };
  return { maps: createClient({ transport }).of(kinds.ConfigMap), targets };
}

function page(names: readonly string[], token: string): JsonObject {
  const items = names.map((name) => ({ metadata: { name } }));
  return { kind: 'ConfigMapList', apiVersion: 'v1', metadata: { resourceVersion: '9', continue: token }, items };
}

describe('a list in pages', () => {
  it('asks for each page with the token of the one before, and for the version only once', async () => {
    const { maps, targets } = answering([page(['a', 'b'], 'next/1'), page([], 'next/2'), page(['c'], '')]);
    const names: (string | undefined)[] = [];
    const options = { limit: 2, resourceVersion: '9', resourceVersionMatch: 'Exact', labelSelector: 'x' } as const;
    for await (const { metadata } of maps.items(options)) names.push(metadata.name);
    expect(names).toEqual(['a', 'b', 'c']);
    expect(targets).toEqual([
      '/api/v1/configmaps?limit=2&resourceVersion=9&resourceVersionMatch=Exact&labelSelector=x',
      '/api/v1/configmaps?limit=2&labelSelector=x&continue=next%2F1',
      '/api/v1/configmaps?limit=2&labelSelector=x&continue=next%2F2',
    ]);
  });

  it('has pages of 500 where nobody says otherwise', async () => {
    const { maps, targets } = answering([page([], '')]);
    for await (const _page of maps.pages());
    expect(targets).toEqual(['/api/v1/configmaps?limit=500']);
  });

  it('that took too long throws Expired, with the token that goes on', async () => {
    const old = new ApiError('Expired', 'The provided continue parameter is too old', {
      metadata: { continue: 'fresh' },
    });
    const { maps } = answering([page(['a'], 'next'), old]);
    const names: (string | undefined)[] = [];
    const list = async (): Promise<void> => {
      for await (const { metadata } of maps.items()) names.push(metadata.name);
    };
    const thrown: unknown = await list().catch((error: unknown) => error);
    expect(thrown).toMatchObject({ reason: 'Expired', code: 410 });
    expect(continueAfterExpiry(thrown)).toBe('fresh');
    expect(names).toEqual(['a']);
  });

  it('is not fetched further than it is read', async () => {
    const { maps, targets } = answering([page(['a'], 'next')]);
    for await (const _item of maps.items()) break;
    expect(targets).toHaveLength(1);
  });
});
