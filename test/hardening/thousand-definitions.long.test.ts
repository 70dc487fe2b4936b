import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { isArray, isObject, own, type Json } from '@kcp/api-machinery';
import type { Wire } from '@kcp/testing';
import { openServerFolder, type ServerFolder, type WatchedServer } from '../watched-server.ts';
import { kindAt, KINDS_IN_GROUP, ruledDefinitionAt, ruledObject } from './ruled-definition.ts';
import { sendAll, sendOne, until } from './wire-steps.ts';

const DEFINITIONS = 1_000;
/** Nothing may hold the event loop longer, in milliseconds of work; the best of some times. */
const LIMIT_MS = 50;
const ATTEMPTS = 3;
/** What they may take in memory: the caches' bounds for one logical cluster, and what a heap leaves lying about. */
const KEPT_BYTES = 192 * 2 ** 20;
const RESTART_MS = 10_000;

const PATH = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
const AGGREGATED = 'application/json;g=apidiscovery.k8s.io;v=v2;as=APIGroupDiscoveryList';
const APPLY = { method: 'PATCH', contentType: 'application/apply-patch+yaml' };

let folder: ServerFolder;
let server: WatchedServer;
let many: Wire;
let few: Wire;
beforeAll(async () => {
  folder = await openServerFolder();
  await restart();
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
  await folder[Symbol.asyncDispose]();
});

/** Ends the server, if one runs, and starts one on what is stored; how long until it was ready. */
async function restart(): Promise<number> {
  if (server !== undefined) await server[Symbol.asyncDispose]();
  server = await folder.start();
  many = server.wire('many');
  few = server.wire('few');
  return server.process.readyAfterMs;
}

function say(what: string): void {
  process.stderr.write(`hardening: ${DEFINITIONS} definitions: ${what}\n`);
}

async function define(wire: Wire, serial: number): Promise<void> {
  await sendOne(wire, PATH, { method: 'POST', body: ruledDefinitionAt(serial) }, 201);
}

async function served(wire: Wire, serial: number): Promise<void> {
  await until(60_000, async () => (await wire.request(kindAt(serial).collection)).status === 200);
}

async function used(wire: Wire, serial: number, name: string): Promise<void> {
  await sendOne(wire, kindAt(serial).collection, { method: 'POST', body: ruledObject(serial, name) }, 201);
}

function itemsOf(list: Json): readonly Json[] {
  const items = isObject(list) ? own(list, 'items') : undefined;
  return isArray(items) ? items : [];
}

/** The best of some times that somebody had to wait, each printed. */
async function longestTurn(what: string, work: () => Promise<void>): Promise<number> {
  let best = Infinity;
  for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
    await server.read();
    const began = performance.now();
    await work();
    const tookMs = performance.now() - began;
    const { turnMs } = await server.read();
    say(`${what}: ${tookMs.toFixed(0)} ms, longest turn ${turnMs.toFixed(0)} ms`);
    best = Math.min(best, turnMs);
  }
  return best;
}

describe(`a logical cluster with ${DEFINITIONS} definitions with rules`, () => {
  it('comes about, in bounded memory', async () => {
    await define(few, 0);
    await served(few, 0);
    await used(few, 0, 'first');
    const before = await server.read();
    const began = performance.now();
    await sendAll(DEFINITIONS, (serial) => define(many, serial), 8);
    for (let serial = 0; serial < DEFINITIONS; serial += 1) await served(many, serial);
    const after = await server.read();
    const mebibytes = (after.memory - before.memory) / 2 ** 20;
    say(`made and served after ${((performance.now() - began) / 1000).toFixed(1)} s, ${mebibytes.toFixed(0)} MiB kept`);
    say(`longest turn while they were made ${after.turnMs.toFixed(0)} ms`);
    expect(after.memory - before.memory).toBeLessThan(KEPT_BYTES);
  });

  it('is discovered as a whole', async () => {
    const turnMs = await longestTurn('discovery', async () => {
      const { object } = await sendOne(many, '/apis', { headers: { accept: AGGREGATED } }, 200);
      const groups = itemsOf(object).filter((group) => JSON.stringify(group).includes('many.example.com'));
      expect(groups).toHaveLength(DEFINITIONS / KINDS_IN_GROUP);
      expect(JSON.stringify(groups).match(/"resource":"kinds\d+"/g)).toHaveLength(2 * DEFINITIONS);
    });
    expect(turnMs).toBeLessThan(LIMIT_MS);
  });

  it('is published', async () => {
    const turnMs = await longestTurn('OpenAPI', async () => {
      const index = await sendOne(many, '/openapi/v3', {}, 200);
      expect(index.text.match(/"apis\/g\d+\.many\.example\.com\/v1"/g)).toHaveLength(DEFINITIONS / KINDS_IN_GROUP);
      const one = await sendOne(many, '/openapi/v3/apis/g7.many.example.com/v1', {}, 200);
      expect(one.text).toContain('"own388"');
    });
    expect(turnMs).toBeLessThan(LIMIT_MS);
  });

  it('takes objects of each: applied, checked by rules, shown in another version', async () => {
    await sendAll(DEFINITIONS, async (serial) => {
      const { collection } = kindAt(serial);
      const body = ruledObject(serial, 'applied');
      await sendOne(many, `${collection}/applied?fieldManager=test`, { ...APPLY, body }, 201);
      const wrong = ruledObject(serial, 'wrong', { min: 3, max: 2 });
      const refused = await sendOne(many, collection, { method: 'POST', body: wrong }, 422);
      expect(refused.text).toContain(`min is above max in ${serial}`);
      const other = await sendOne(many, `${collection.replace('/v1/', '/v1beta1/')}/applied`, {}, 200);
      expect(other.object).toMatchObject({
        apiVersion: `${kindAt(serial).group}/v1beta1`,
        spec: { min: 1, [`own${serial}`]: `of ${serial}` },
      });
    });
    const { memory } = await server.read();
    say(`after an object of each was applied and one refused: ${(memory / 2 ** 20).toFixed(0)} MiB in all`);
  });

  it('goes on to grow', async () => {
    let serial = DEFINITIONS;
    const turnMs = await longestTurn('one more definition and its first object', async () => {
      await define(many, serial);
      await served(many, serial);
      await used(many, serial, 'first');
      serial += 1;
    });
    expect(turnMs).toBeLessThan(LIMIT_MS);
  });

  it('leaves others alone, in what they compiled and in their time', async () => {
    const before = await server.metric('kcp_crd_schema_compilations_total');
    await used(few, 0, 'second');
    expect(await server.metric('kcp_crd_schema_compilations_total')).toBe(before);
    const times: number[] = [];
    const over = new AbortController();
    const asking = async (): Promise<void> => {
      while (!over.signal.aborted) await sendOne(many, '/apis', { headers: { accept: AGGREGATED } }, 200);
    };
    const others = [asking(), asking()];
    for (let at = 0; at < 200; at += 1) {
      const began = performance.now();
      await used(few, 0, `n${at}`);
      times.push(performance.now() - began);
    }
    over.abort();
    await Promise.all(others);
    times.sort((a, b) => a - b);
    say(`a neighbour's creates meanwhile: p50 ${times[100]?.toFixed(1)} ms, p99 ${times[197]?.toFixed(1)} ms`);
    const { object } = await sendOne(few, PATH, {}, 200);
    expect(itemsOf(object)).toHaveLength(1);
  });

  it('is there again after a restart', async () => {
    let best = Infinity;
    for (let attempt = 0; attempt < ATTEMPTS; attempt += 1) {
      const readyMs = await restart();
      expect(readyMs).toBeLessThan(RESTART_MS);
      // what loading the program takes holds nobody up
      await server.read();
      const began = performance.now();
      await used(many, 777, `after-${attempt}`);
      const firstMs = performance.now() - began;
      const { turnMs, memory } = await server.read();
      say(
        `ready again after ${readyMs.toFixed(0)} ms, the first create after ${firstMs.toFixed(0)} ms more, ${(memory / 2 ** 20).toFixed(0)} MiB; longest turn ${turnMs.toFixed(0)} ms`,
      );
      const turn = await longestTurn('discovery after a restart', async () => {
        await sendOne(many, '/apis', { headers: { accept: AGGREGATED } }, 200);
      });
      best = Math.min(best, turn);
    }
    expect(best).toBeLessThan(LIMIT_MS);
  });
});
