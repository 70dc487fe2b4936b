import { expect } from '@jest/globals';
import type { JsonObject } from '@kcp/api-machinery';
import { Acknowledged, fields, nameOf, type DrilledServer } from './drilled-server.ts';

const HERE = '/clusters/limited/api/v1/namespaces/here';
const MAPS = `${HERE}/configmaps`;
const WRITERS = 64;
const ROOT_CERTIFICATES = 'kube-root-ca.crt';

/** How large the drill is. */
export interface QuotaDrill {
  readonly hard: number;
  /** The server is killed when so many creates were acknowledged; fewer than `hard`. */
  readonly acknowledged: number;
}

/**
 * 64 writers create what a quota counts, until the server dies. After its start nothing that was acknowledged is lost, and the quota
 * says how many there are; the writers then fill it to the brim and not beyond.
 */
export async function crashInQuota(server: DrilledServer, { hard, acknowledged: enough }: QuotaDrill): Promise<void> {
  await server.create('/clusters/limited/api/v1/namespaces', { metadata: { name: 'here' } });
  await server.becomes(MAPS, (items) => items.some((item) => nameOf(item) === ROOT_CERTIFICATES));
  const spec = { hard: { 'count/configmaps': String(hard) } };
  await server.create(`${HERE}/resourcequotas`, { metadata: { name: 'limit' }, spec });
  await server.becomes(`${HERE}/resourcequotas`, ([quota]) => used(quota) === 1);
  const acknowledged = new Acknowledged();
  const crashed = acknowledged.reaches(enough).then(() => server.crash());
  const before = await writeAll(server, 'before', () => acknowledged.add());
  await crashed;
  expect(before.length).toBeGreaterThanOrEqual(enough);
  await server.restart();
  await checkSound(server, before, hard);
  const after = await writeAll(server, 'after', () => {});
  const names = await checkSound(server, [...before, ...after], hard);
  expect(names.length).toBe(hard);
}

/** Writes until the quota is full or the server is gone; the names that were acknowledged. */
async function writeAll(server: DrilledServer, prefix: string, onAnswer: () => void): Promise<readonly string[]> {
  const created: string[] = [];
  await Promise.all(
    Array.from({ length: WRITERS }, async (_, writer) => {
      for (let count = 0; ; count += 1) {
        const name = `${prefix}-${writer}-${count}`;
        const answer = await server.attempt(MAPS, { method: 'POST', body: { metadata: { name } } });
        if (answer === undefined || answer.status === 403) return;
        // who met another's write too often is told to try again
        if (answer.status === 409 || answer.status === 429) continue;
        expect([answer.status, answer.text]).toEqual([201, expect.any(String)]);
        created.push(name);
        onAnswer();
      }
    }),
  );
  return created;
}

async function checkSound(server: DrilledServer, created: readonly string[], hard: number): Promise<readonly string[]> {
  const names = (await server.items(MAPS)).map(nameOf);
  expect(created.filter((name) => !names.includes(name))).toEqual([]);
  expect(names.length).toBeLessThanOrEqual(hard);
  const quota = await server.request(`${HERE}/resourcequotas/limit`);
  expect(used(quota)).toBe(names.length);
  return names;
}

function used(quota: JsonObject | undefined): number {
  return Number(fields(quota, 'status', 'used')['count/configmaps']);
}
