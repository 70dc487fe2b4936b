import { describe, it } from '@jest/globals';
import { crashInApplies } from './crash-in-applies.ts';
import { crashInCascade } from './crash-in-cascade.ts';
import { crashInMigration } from './crash-in-migration.ts';
import { crashInQuota } from './crash-in-quota.ts';
import { DrilledServer } from './drilled-server.ts';

/** Each with a server and a folder of its own, killed at several moments. */
async function each<T>(
  moments: readonly T[],
  drill: (server: DrilledServer, moment: T) => Promise<void>,
): Promise<void> {
  for (const moment of moments) {
    await using server = await DrilledServer.start();
    await drill(server, moment);
  }
}

describe('a server that is killed at any moment', () => {
  it('while managers apply', () =>
    each([1, 50, 333, 1000, 2500], (server, acknowledged) =>
      crashInApplies(server, { managers: 16, objects: 12, acknowledged }),
    ));
  it('while 64 writers fill a quota', () =>
    each([1, 64, 150, 400, 498], (server, acknowledged) => crashInQuota(server, { hard: 500, acknowledged })));
  it('while the dependants of a deleted owner go', () =>
    each(['Background', 'Foreground'] as const, (server, policy) =>
      crashInCascade(server, { policy, dependants: 5_000 }),
    ));
  it('while objects are written to another stored version', () =>
    each([1, 100, 350], (server, acknowledged) => crashInMigration(server, { objects: 400, acknowledged })));
});
