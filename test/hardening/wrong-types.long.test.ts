import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { discover } from '../isolation/served-kind.ts';
import { serveWidgets } from './fixture.ts';
import { startProbedServer, type ProbedServer } from './probe.ts';
import { tryWrongTypes } from './wrong-types.ts';

const CLUSTER = 'wrong-types';

let server: ProbedServer;
beforeAll(async () => {
  server = await startProbedServer();
  await serveWidgets(server, CLUSTER);
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

describe('values of the wrong type', () => {
  it('are refused or taken in every field of every kind, five levels deep', async () => {
    const kinds = await discover(async (path) => (await server.client.send(`/clusters/${CLUSTER}${path}`)).object);
    const faults: string[] = [];
    for (const kind of kinds) {
      await server.survives(`wrong types in ${kind.kind}`, async () => {
        faults.push(...(await tryWrongTypes(server, { cluster: CLUSTER, kind, depth: 5 })));
      });
    }
    expect(faults.slice(0, 20)).toEqual([]);
  });
});
