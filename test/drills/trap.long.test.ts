import { describe, expect, it } from '@jest/globals';
import { DrilledServer } from './drilled-server.ts';
import { openTarpit, traps } from './tarpit.ts';
import { createTrapped, furnish, mapsOf, trapMaps } from './trapped-server.ts';

/** More than a tenant may have under way and in its queue. */
const CALLERS = 300;
const ROUNDS = 3;
/** Connections that may be kept for later calls, and the server's own comings and goings. */
const SLACK = 40;

describe('hundreds of callers in a trap', () => {
  it.each(traps)('%s: get their answers in time, again and again, and leave no socket behind', async (trap) => {
    await using tarpit = await openTarpit();
    await using server = await DrilledServer.start();
    await furnish(server, 'free');
    await furnish(server, 'caught');
    await trapMaps(server, tarpit, { cluster: 'caught', trap, failurePolicy: 'Fail', timeoutSeconds: 10 });
    // the test's own connections stay open: they are there before the count
    await Promise.all(Array.from({ length: CALLERS }, () => server.items(mapsOf('free'))));
    const before = await server.openFiles();
    for (let round = 0; round < ROUNDS; round += 1) {
      const began = performance.now();
      const asked = Array.from({ length: CALLERS }, (_, at) => createTrapped(server, 'caught', `m${round}-${at}`));
      for (let at = 0; at < 50; at += 1) {
        expect((await createTrapped(server, 'free', `m${round}-${at}`))?.status).toBe(201);
      }
      const besideMs = performance.now() - began;
      const statuses = new Set((await Promise.all(asked)).map((answer) => answer?.status));
      const took = performance.now() - began;
      process.stdout.write(
        `${trap}: ${CALLERS} callers answered with ${[...statuses].join()} in ${took.toFixed(0)} ms; beside: 50 writes in ${besideMs.toFixed(0)} ms\n`,
      );
      expect([...statuses].filter((status) => status !== 500 && status !== 429)).toEqual([]);
      expect(took).toBeLessThan(40_000);
      await tarpit.left();
    }
    expect((await server.items(`${mapsOf('caught')}?labelSelector=trapped`)).length).toBe(0);
    expect(await server.openFiles()).toBeLessThanOrEqual(before + SLACK);
  });
});
