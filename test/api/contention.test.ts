import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { LoopbackClient } from '@kcp/kcp';
import { startTestServer, type TestServer } from '@kcp/testing';
import { map, maps, seen, withNamespace } from './fixture.ts';

const WRITERS = 64;
const WRITES = 2;
const LIMIT_MS = 120_000;
let server: TestServer;
let client: LoopbackClient;

beforeAll(async () => {
  server = await startTestServer({ storage: 'lmdb' });
  client = await withNamespace(server.client('contended'));
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

/** Many write to one object, each a key of its own, over and over. */
async function writeAll(write: (key: string, value: string) => Promise<unknown>): Promise<void> {
  await Promise.all(
    Array.from({ length: WRITERS }, async (_, writer) => {
      for (let value = 1; value <= WRITES; value += 1) await write(`k${writer}`, String(value));
    }),
  );
}
const everyKey = Object.fromEntries(Array.from({ length: WRITERS }, (_, writer) => [`k${writer}`, String(WRITES)]));

describe('64 writers of one object who name no version', () => {
  it(
    'all win in the end, each on top of the others: merge patches',
    async () => {
      await client.create(maps, map('patched'));
      await writeAll((key, value) => client.patch(`${maps}/patched`, { data: { [key]: value } }));
      expect(seen(await client.get(`${maps}/patched`)).data).toEqual(everyKey);
    },
    LIMIT_MS,
  );

  it(
    'all win in the end: configurations that are applied, whoever makes the object',
    async () => {
      await writeAll((key, value) => {
        const body = map('applied', { [key]: value });
        const query = { fieldManager: `manager-${key}` };
        return client.request(`${maps}/applied`, {
          method: 'PATCH',
          body,
          contentType: 'application/apply-patch+yaml',
          query,
        });
      });
      expect(seen(await client.get(`${maps}/applied`)).data).toEqual(everyKey);
    },
    LIMIT_MS,
  );

  it('but who names one loses against another', async () => {
    const made = await client.create(maps, map('replaced'));
    const outcomes = await Promise.allSettled(
      Array.from({ length: 16 }, (_, at) => client.replace(`${maps}/replaced`, { ...made, data: { at: String(at) } })),
    );
    const lost = outcomes.filter(({ status }) => status === 'rejected');
    expect(lost.length).toBe(15);
    for (const outcome of lost) expect(outcome).toMatchObject({ reason: { code: 409 } });
  });
});
