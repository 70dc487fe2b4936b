import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { isArray, isObject } from '@kcp/api-machinery';
import { doorConverter, doorDefinition } from './crash-in-migration.ts';
import { DrilledServer, fields, textAt } from './drilled-server.ts';
import { openTarpit, traps, type Tarpit } from './tarpit.ts';
import { createTrapped, furnish, mapsOf, trapMaps } from './trapped-server.ts';

/** Starting a process takes seconds where the machine has other work. */
const LIMIT_MS = 120_000;
const parts = new AsyncDisposableStack();
let server: DrilledServer;
let tarpit: Tarpit;

beforeAll(async () => {
  tarpit = parts.use(await openTarpit());
  server = parts.use(await DrilledServer.start());
  await furnish(server, 'free');
}, LIMIT_MS);
afterAll(() => parts.disposeAsync());

/** What the neighbour does all the while: everything works there, controllers too. */
async function liveNextDoor(name: string): Promise<void> {
  const free = '/clusters/free/api/v1/namespaces';
  for (let count = 0; count < 10; count += 1) {
    expect((await createTrapped(server, 'free', `${name}-${count}`))?.status).toBe(201);
  }
  expect((await server.items(mapsOf('free'))).length).toBeGreaterThanOrEqual(10);
  await server.create(free, { metadata: { name } });
  await server.becomes(`${free}/${name}/serviceaccounts`, (items) => items.length === 1);
  await server.request(`${free}/${name}`, { method: 'DELETE' });
  await server.becomes(free, (items) => !items.some((item) => fields(item, 'metadata')['name'] === name));
}

describe.each(traps)('an admission webhook that is a trap: %s', (trap) => {
  it(
    'keeps nobody longer than its time-out: refused with Fail, let through with Ignore; nobody stays in it',
    async () => {
      const [strict, lax] = [`strict-${trap}`, `lax-${trap}`];
      for (const [cluster, failurePolicy] of [
        [strict, 'Fail'],
        [lax, 'Ignore'],
      ] as const) {
        await furnish(server, cluster);
        // what comes at once is refused for its size, however long that takes on a busy machine
        await trapMaps(server, tarpit, { cluster, trap, failurePolicy, timeoutSeconds: trap === 'flood' ? 30 : 1 });
      }
      const names = Array.from({ length: 12 }, (_, at) => `m${at}`);
      const asked = [strict, lax].map((cluster) => names.map((name) => createTrapped(server, cluster, name)));
      await liveNextDoor(`beside-${trap}`);
      const [refused = [], passed = []] = await Promise.all(asked.map((answers) => Promise.all(answers)));
      for (const answer of refused) {
        expect(answer?.status).toBe(500);
        expect(textAt(answer?.object, 'message')).toMatch(
          trap === 'flood'
            ? /failed calling webhook .* larger than 3145728 bytes/
            : /failed calling webhook .* deadline/,
        );
      }
      expect(tarpit.taken(trap)).toBeGreaterThanOrEqual(trap === 'silent' ? 0 : 2 * names.length);
      expect(passed.map((answer) => answer?.status)).toEqual(names.map(() => 201));
      expect((await server.items(`${mapsOf(strict)}?labelSelector=trapped`)).length).toBe(0);
      expect((await server.items(`${mapsOf(lax)}?labelSelector=trapped`)).length).toBe(names.length);
      await tarpit.left();
    },
    LIMIT_MS,
  );
});

describe('a converter that is a trap', () => {
  it(
    'keeps neither the rest of its logical cluster nor others, and does not delay the stop of the server',
    async () => {
      await furnish(server, 'converted');
      const definitions = '/clusters/converted/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
      await using hook = await doorConverter();
      await server.create(definitions, doorDefinition(hook));
      await server.becomes(definitions, ([definition]) => {
        const { conditions } = fields(definition, 'status');
        return (
          isArray(conditions) &&
          conditions.some((it) => isObject(it) && it['type'] === 'Established' && it['status'] === 'True')
        );
      });
      const doors = (version: string) => `/clusters/converted/apis/x.io/${version}/namespaces/here/doors`;
      const body = { apiVersion: 'x.io/v1', kind: 'Door', metadata: { name: 'a' }, spec: { short: 'a' } };
      await server.create(doors('v1'), body);
      const webhook = { clientConfig: { ...tarpit.clientConfig('hang') }, conversionReviewVersions: ['v1'] };
      await server.patch(`${definitions}/doors.x.io`, { spec: { conversion: { strategy: 'Webhook', webhook } } });
      const hung = tarpit.taken('hang');
      let answered = 0;
      const reads = Array.from({ length: 12 }, () => server.attempt(`${doors('v2')}/a`));
      const lists = Array.from({ length: 4 }, () => server.attempt(doors('v2')));
      for (const read of [...reads, ...lists]) void read.then(() => (answered += 1));
      await tarpit.takes('hang', hung + 1);
      expect(fields(await server.request(`${doors('v1')}/a`), 'spec')).toEqual({ short: 'a' });
      expect((await createTrapped(server, 'converted', 'beside'))?.status).toBe(201);
      await liveNextDoor('beside-converter');
      expect(answered).toBe(0);
      const dripped = tarpit.taken('drip');
      await trapMaps(server, tarpit, { cluster: 'converted', trap: 'drip', failurePolicy: 'Fail', timeoutSeconds: 30 });
      const writes = Array.from({ length: 12 }, (_, at) => createTrapped(server, 'converted', `w${at}`));
      await tarpit.takes('drip', dripped + 12);
      const began = performance.now();
      const { code, signal, log } = await server.stop();
      // the drain time is 2 s, the time-outs are 30 s
      expect(performance.now() - began).toBeLessThan(14_000);
      expect({ code, signal }).toEqual({ code: 0, signal: null });
      expect(log).not.toMatch(/^\s+at /m);
      for (const answer of await Promise.all([...reads, ...lists, ...writes])) {
        expect([undefined, 500, 503, 504]).toContain(answer?.status);
      }
      await tarpit.left();
    },
    LIMIT_MS,
  );
});
