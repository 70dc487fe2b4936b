import { describe, expect, it } from '@jest/globals';
import type { Transport } from '@kcp/http';
import { createClient } from './client.ts';
import { kinds } from './kinds.ts';
import type { WatchEvent } from './watch-events.ts';

/** A client whose server answers every request with these pieces. */
function watching(pieces: readonly string[], status = 200) {
  const targets: string[] = [];
  const transport: Transport = ({ target }) => {
    targets.push(target);
    const body = (async function* () {
      for (const piece of pieces) yield Buffer.from(piece);
    })();
    return Promise.resolve({ status, headers: {}, body, bytes: () => Promise.resolve(Buffer.from(pieces.join(''))) });
  };
  return { maps: createClient({ transport }).of(kinds.ConfigMap), targets };
}

async function told(watch: AsyncIterable<WatchEvent<object>>): Promise<readonly string[]> {
  const types: string[] = [];
  for await (const { type } of watch) types.push(type);
  return types;
}

const event = (type: string, object: object = { metadata: { name: 'a' } }): string =>
  `${JSON.stringify({ type, object })}\n`;

describe('a watch', () => {
  it('tells events, however they are cut', async () => {
    const text = event('ADDED') + event('BOOKMARK') + event('DELETED');
    expect(await told(watching([text]).maps.watch())).toEqual(['ADDED', 'BOOKMARK', 'DELETED']);
    expect(await told(watching(text.split('')).maps.watch())).toEqual(['ADDED', 'BOOKMARK', 'DELETED']);
  });

  it('keeps integers that a double cannot hold', async () => {
    const { maps } = watching(['{"type":"ADDED","object":{"metadata":{"name":"a"},"n":9223372036854775807}}\n']);
    for await (const { object } of maps.watch()) expect(object).toMatchObject({ n: 9223372036854775807n });
  });

  it('throws what an ERROR says', async () => {
    const status = { kind: 'Status', reason: 'Expired', code: 410, message: 'too old resource version' };
    const watch = watching([event('ADDED'), event('ERROR', status)]).maps.watch();
    expect(await watch.next()).toMatchObject({ value: { type: 'ADDED' } });
    await expect(watch.next()).rejects.toMatchObject({ reason: 'Expired', code: 410 });
  });

  it.each([
    ['a line that is no JSON', 'oops\n'],
    ['a line that is no event', '[1]\n'],
    ['an event without an object', '{"type":"ADDED"}\n'],
    ['an event of a new type', event('RENAMED')],
  ])('refuses %s', async (_what, line) => {
    await expect(told(watching([line]).maps.watch())).rejects.toMatchObject({ name: 'ApiError', code: 500 });
  });

  it('throws the refusal of the watch itself', async () => {
    const text = JSON.stringify({ kind: 'Status', reason: 'Forbidden', message: 'no' });
    await expect(told(watching([text], 403).maps.watch())).rejects.toMatchObject({ reason: 'Forbidden', code: 403 });
  });

  it('asks for what it was asked for', async () => {
    const { maps, targets } = watching([]);
    await told(maps.namespace('n').watch({ resourceVersion: '7', labelSelector: 'a=b', timeoutSeconds: 5 }));
    await told(maps.watch({ sendInitialEvents: true }));
    await told(maps.watch({ resourceVersion: '1', allowWatchBookmarks: true, sendInitialEvents: false }));
    expect(targets).toEqual([
      '/api/v1/namespaces/n/configmaps?resourceVersion=7&labelSelector=a%3Db&timeoutSeconds=5&watch=true',
      '/api/v1/configmaps?watch=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true&sendInitialEvents=true',
      '/api/v1/configmaps?resourceVersion=1&watch=true&allowWatchBookmarks=true&sendInitialEvents=false',
    ]);
  });
});
