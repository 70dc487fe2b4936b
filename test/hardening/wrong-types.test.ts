import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { discover, kindName } from '../isolation/served-kind.ts';
import { serveWidgets } from './fixture.ts';
import { startProbedServer, type ProbedServer } from './probe.ts';
import { tryWrongTypes } from './wrong-types.ts';

const CLUSTER = 'wrong-types';

let server: ProbedServer;
beforeAll(async () => {
  server = await startProbedServer();
  await serveWidgets(server, CLUSTER);
  await server.client.send(`/clusters/${CLUSTER}/api/v1/namespaces`, {
    method: 'POST',
    body: '{"metadata":{"name":"default"}}',
  });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

describe('values of the wrong type', () => {
  it('are refused or taken in every field of every kind', async () => {
    const kinds = await discover(async (path) => (await server.client.send(`/clusters/${CLUSTER}${path}`)).object);
    expect(kinds.map(kindName)).toEqual(expect.arrayContaining(['configmaps', 'widgets.example.com']));
    const faults: string[] = [];
    await server.survives('wrong types', async () => {
      for (const kind of kinds) faults.push(...(await tryWrongTypes(server, { cluster: CLUSTER, kind, depth: 2 })));
    });
    expect(faults.slice(0, 20)).toEqual([]);
  }, 50_000);
});
