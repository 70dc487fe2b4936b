import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { isArray, isObject, own, type JsonObject } from '@kcp/api-machinery';
import type { Wire } from '@kcp/testing';
import { openServerFolder, type ServerFolder, type WatchedServer } from '../watched-server.ts';
import { sendAll, sendOne, until } from './wire-steps.ts';

const DEPENDANTS = 100_000;
/** Nothing may hold the event loop longer, in milliseconds of work. */
const LIMIT_MS = 50;
/** A collection of garbage may come in between: the best counts. */
const ATTEMPTS = 3;
const GONE_MS = 600_000;

let folder: ServerFolder;
let server: WatchedServer;
beforeAll(async () => {
  folder = await openServerFolder();
  server = await folder.start();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

/** Makes an owner of many in a logical cluster of their own. */
async function makeFamily(wire: Wire): Promise<string> {
  await sendOne(wire, '/api/v1/namespaces', { method: 'POST', body: { metadata: { name: 'family' } } }, 201);
  const maps = '/api/v1/namespaces/family/configmaps';
  const owner = await sendOne(wire, maps, { method: 'POST', body: { metadata: { name: 'owner' } } }, 201);
  const metadata = own(owner.object, 'metadata');
  const uid = (isObject(metadata) && own(metadata, 'uid')) || '';
  const reference: JsonObject = { apiVersion: 'v1', kind: 'ConfigMap', name: 'owner', uid, blockOwnerDeletion: true };
  await sendAll(DEPENDANTS, async (at) => {
    const body = { metadata: { name: `d-${at}`, ownerReferences: [reference] }, data: { a: 'b' } };
    await sendOne(wire, maps, { method: 'POST', body }, 201);
  });
  return maps;
}

/** The namespace's own root certificates are nobody's dependants. */
async function isGone(wire: Wire, maps: string): Promise<boolean> {
  const items = own((await wire.request(`${maps}?limit=2`)).object, 'items');
  const names = isArray(items) ? items.map((item) => (isObject(item) ? own(item, 'metadata') : undefined)) : [];
  return names.every((metadata) => isObject(metadata) && own(metadata, 'name') === 'kube-root-ca.crt');
}

describe(`an owner of ${DEPENDANTS}`, () => {
  it.each(['Background', 'Foreground'])('is deleted (%s) and nobody waits for it', async (propagationPolicy) => {
    let best = Infinity;
    for (let attempt = 0; attempt < ATTEMPTS && best >= LIMIT_MS; attempt += 1) {
      const wire = server.wire(`owner-${propagationPolicy.toLowerCase()}-${attempt}`);
      const maps = await makeFamily(wire);
      await server.read();
      const began = performance.now();
      await sendOne(wire, `${maps}/owner`, { method: 'DELETE', body: { propagationPolicy } }, 200);
      await until(GONE_MS, () => isGone(wire, maps));
      const seconds = (performance.now() - began) / 1000;
      const { turnMs } = await server.read();
      best = Math.min(best, turnMs);
      process.stderr.write(
        `hardening: an owner of ${DEPENDANTS}, ${propagationPolicy}: ${seconds.toFixed(1)} s, longest turn ${turnMs.toFixed(0)} ms\n`,
      );
    }
    expect(best).toBeLessThan(LIMIT_MS);
  });
});
