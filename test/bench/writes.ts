import type { JsonObject } from '@kcp/api-machinery';
import type { Wire, WireRequest } from '@kcp/testing';
import { timeMany } from './latency.ts';
import { GROUP, plainDefinition, ruledDefinition } from './ruled-kind.ts';
import { cpuOf, wireTo, type Target } from './target.ts';
import type { Measured } from './whole-server.ts';

/** How much is asked for. */
export interface WritesOptions {
  /** How many requests a step makes. */
  readonly requests: number;
}

const AT_ONCE = 32;
const WARM_UP = 300;
const SERVED_MS = 60_000;

type Step = (index: number) => Promise<void>;

/**
 * Measures writes of an object of 0.7 KB over HTTP that the plain measure does not make: server-side apply (of what is not there,
 * of what is there as it is, of what changes), creates where nothing is configured, and creates of a custom resource without and
 * with five rules. The same with any server of this API.
 */
export async function measureWrites(target: Target, { requests }: WritesOptions): Promise<Measured> {
  using wire = wireTo(target);
  const run = `bench-${Math.random().toString(36).slice(2, 8)}`;
  await send(wire, '/api/v1/namespaces', post({ metadata: { name: run } }), 201);
  const definitions = await serve(wire, run);
  const measured: Record<string, Readonly<Record<string, number>>> = {};
  for (const [name, step] of Object.entries(stepsIn(wire, run))) {
    const warmUp = Math.min(WARM_UP, requests);
    await timeMany(warmUp, AT_ONCE, (index) => step(requests + index));
    const before = await cpuOf(target);
    const { count, perSecond, p50Ms, p99Ms } = await timeMany(requests, AT_ONCE, step);
    const used = (await cpuOf(target)) - before;
    measured[name] = { count, perSecond, p50Ms, p99Ms, serverCpuUsEach: Math.round((used * 1000) / count) };
  }
  for (const path of definitions) await wire.request(path, { method: 'DELETE' });
  await wire.request(`/api/v1/namespaces/${run}`, { method: 'DELETE' });
  return measured;
}

function stepsIn(wire: Wire, namespace: string): Readonly<Record<string, Step>> {
  const maps = `/api/v1/namespaces/${namespace}/configmaps`;
  const custom = `/apis/${namespace}.${GROUP}/v1/namespaces/${namespace}`;
  const apply = async (index: number, letter: string, status: number): Promise<void> => {
    const name = `applied-${index}`;
    const request = { method: 'PATCH', contentType: 'application/apply-patch+yaml', body: map(name, letter) };
    await send(wire, `${maps}/${name}?fieldManager=bench`, request, status);
  };
  const widget = (plural: string, index: number): Promise<void> =>
    send(wire, `${custom}/${plural}`, post(object(namespace, { plural, name: `w-${index}` })), 201);
  return {
    'apply, first': (index) => apply(index, 'x', 201),
    'apply, nothing new': (index) => apply(index, 'x', 200),
    'apply, changed': (index) => apply(index, 'y', 200),
    'create, nothing configured': (index) => send(wire, maps, post(map(`created-${index}`, 'x')), 201),
    'create custom': (index) => widget('plains', index),
    'create custom, 5 rules': (index) => widget('ruleds', index),
  };
}

/** Has both kinds served, in a group of this run's own; the paths of their definitions. */
async function serve(wire: Wire, run: string): Promise<readonly string[]> {
  const definitions = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions';
  const group = `${run}.${GROUP}`;
  for (const definition of [plainDefinition(group), ruledDefinition(group)]) {
    await send(wire, definitions, post(definition), 201);
  }
  const deadline = performance.now() + SERVED_MS;
  for (const plural of ['plains', 'ruleds']) {
    const path = `/apis/${group}/v1/namespaces/${run}/${plural}`;
    while ((await wire.request(path)).status !== 200) {
      if (performance.now() > deadline) throw new Error(`${plural} are not served`);
      await new Promise((resolve) => setTimeout(resolve, 50));
    }
  }
  return ['plains', 'ruleds'].map((plural) => `${definitions}/${plural}.${group}`);
}

function map(name: string, letter: string): JsonObject {
  const metadata = { name, labels: { app: 'bench' } };
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata, data: { payload: letter.repeat(700) } };
}

/** About 0.7 KB, of which the rules see twenty items. */
function object(run: string, { plural, name }: { readonly plural: string; readonly name: string }): JsonObject {
  const parts = Array.from({ length: 20 }, (_, at) => ({ name: `part-${at}`, weight: at }));
  const kind = plural === 'ruleds' ? 'Ruled' : 'Plain';
  const spec = { min: 1, max: 20, mode: 'steady', address: 'https://example.com/a', parts };
  return { apiVersion: `${run}.${GROUP}/v1`, kind, metadata: { name, labels: { app: 'bench' } }, spec };
}

function post(body: JsonObject): WireRequest {
  return { method: 'POST', body };
}

async function send(wire: Wire, path: string, request: WireRequest, status: number): Promise<void> {
  const answer = await wire.request(path, request);
  if (answer.status !== status) {
    throw new Error(`${request.method ?? 'GET'} ${path}: ${answer.status} ${answer.text.slice(0, 300)}`);
  }
}
