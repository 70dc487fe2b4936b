import { afterAll, beforeAll, describe, it } from '@jest/globals';
import { crashInApplies } from './crash-in-applies.ts';
import { crashInCascade } from './crash-in-cascade.ts';
import { crashInMigration } from './crash-in-migration.ts';
import { crashInQuota } from './crash-in-quota.ts';
import { DrilledServer } from './drilled-server.ts';

let server: DrilledServer;
/** Starting a process takes seconds where the machine has other work. */
const LIMIT_MS = 120_000;
beforeAll(async () => {
  server = await DrilledServer.start();
}, LIMIT_MS);
afterAll(() => server[Symbol.asyncDispose]());

describe('a server that is killed', () => {
  it(
    'while managers apply keeps what each of them was told, and whose it is',
    () => crashInApplies(server, { managers: 6, objects: 4, acknowledged: 60 }),
    LIMIT_MS,
  );
  it(
    'while 64 writers fill a quota keeps what they were told, and its count',
    () => crashInQuota(server, { hard: 60, acknowledged: 20 }),
    LIMIT_MS,
  );
  it(
    'while the dependants of a deleted owner go goes on with the rest',
    () => crashInCascade(server, { policy: 'Background', dependants: 400 }),
    LIMIT_MS,
  );
  it(
    'while an owner waits for its dependants lets it go after them',
    () => crashInCascade(server, { policy: 'Foreground', dependants: 400 }),
    LIMIT_MS,
  );
  it(
    'while objects are written to another stored version has all of them in both',
    () => crashInMigration(server, { objects: 40, acknowledged: 15 }),
    LIMIT_MS,
  );
});
