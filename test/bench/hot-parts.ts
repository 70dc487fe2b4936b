import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { matchesLabels, parseLabelSelector, type JsonObject, type KubeObject } from '@kcp/api-machinery';
import {
  bootstrapPolicy,
  rbac,
  withFixedPolicy,
  type Attributes,
  type Binding,
  type Role,
  type RuleSource,
} from '@kcp/auth';
import { systemClock } from '@kcp/controller';
import { root, systemAdmin } from '@kcp/logical-cluster';
import { openObjectStore, type Bucket, type ObjectWriter } from '@kcp/object-store';
import { openLmdbStore, openMemoryStore, type Backend } from '@kcp/storage';
import { compileSchema, parseSchema } from '@kcp/structural-schema';
import { silentLogger, silentMeter } from '@kcp/telemetry';
import { measure } from 'mitata';
import { withAdmissionCreates } from './admission-parts.ts';

/** A hot part and what one run of it costs, in microseconds. */
export interface HotPart {
  readonly name: string;
  readonly averageUs: number;
  /** On a busy machine the truer figure. */
  readonly medianUs: number;
  readonly p99Us: number;
}

const cluster = root;
const bucket: Bucket = { group: '', resource: 'configmaps' };

/** Measures what every request goes through, one part at a time. */
export async function measureHotParts(): Promise<HotPart[]> {
  return [
    ...(await measureStores()),
    ...(await measureSchema()),
    ...(await measureDecisions()),
    ...(await measureAdmission()),
  ];
}

async function part(name: string, run: () => unknown): Promise<HotPart> {
  const { avg, p50, p99 } = await measure(run);
  const microseconds = (time: number): number => Math.round(time / 10) / 100;
  return { name, averageUs: microseconds(avg), medianUs: microseconds(p50), p99Us: microseconds(p99) };
}

async function measureAdmission(): Promise<HotPart[]> {
  const parts: HotPart[] = [];
  await withAdmissionCreates(async (creates) => {
    for (const { name, run } of creates) parts.push(await part(name, run));
  });
  return parts;
}

async function measureStores(): Promise<HotPart[]> {
  await using resources = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'kcp-bench-'));
  resources.defer(() => rm(folder, { recursive: true, force: true }));
  const memory = await measureStore('memory', resources.use(await openMemoryStore()));
  const lmdb = await measureStore('lmdb', resources.use(await openLmdbStore({ folder, logger: silentLogger })));
  return [...memory, ...lmdb];
}

async function measureStore(name: string, backend: Backend): Promise<HotPart[]> {
  using store = openObjectStore({ backend, logger: silentLogger, meter: silentMeter, clock: systemClock });
  for (let index = 0; index < 1000; index += 1) await create(store, `c-${index}`);
  const one = { cluster, namespace: 'demo', name: 'c-500' };
  const stored = store.get(bucket, one);
  if (!stored) throw new Error('nothing was stored');
  let count = 0;
  const parts = [
    await part(`${name}: get a row and give its JSON with its version`, () => store.get(bucket, one)?.json()),
    await part(`${name}: get a row and decode it`, () => store.get(bucket, one)?.decode()),
    await part(`${name}: commit one object, one at a time`, () => create(store, `n-${(count += 1)}`)),
    await part(`${name}: commit 64 objects side by side (each)`, async () => {
      await Promise.all(Array.from({ length: 64 }, () => create(store, `p-${(count += 1)}`)));
    }),
  ];
  const each = (time: number): number => Math.round(time / 0.64) / 100;
  return parts.map(({ name, averageUs, medianUs, p99Us }) =>
    name.endsWith('(each)')
      ? { name, averageUs: each(averageUs), medianUs: each(medianUs), p99Us: each(p99Us) }
      : { name, averageUs, medianUs, p99Us },
  );
}

async function create(store: ObjectWriter, name: string): Promise<void> {
  const key = { cluster, namespace: 'demo', name };
  await store.commit([{ kind: 'create', bucket, key, object: configMap(name), fingerprint: 'bench' }]);
}

function configMap(name: string): KubeObject {
  return {
    apiVersion: 'v1',
    kind: 'ConfigMap',
    metadata: {
      name,
      namespace: 'demo',
      uid: '9a4ef0f0-4c2e-4b39-9a8e-3f0a4f9ad2c1',
      creationTimestamp: '2026-01-01T00:00:00Z',
      labels: { app: 'bench', tier: 'front' },
    },
    data: { payload: 'x'.repeat(700) },
  };
}

async function measureSchema(): Promise<HotPart[]> {
  const { schema } = parseSchema({
    type: 'object',
    properties: {
      spec: {
        type: 'object',
        required: ['size'],
        properties: {
          size: { type: 'integer', minimum: 1, maximum: 100 },
          colour: { type: 'string', default: 'grey', pattern: '^[a-z]+$' },
          parts: {
            type: 'array',
            maxItems: 50,
            items: {
              type: 'object',
              properties: { name: { type: 'string', maxLength: 63 }, weight: { type: 'number' } },
            },
          },
        },
      },
      status: { type: 'object', 'x-kubernetes-preserve-unknown-fields': true },
    },
  });
  if (!schema) throw new Error('the schema is no schema');
  const compiled = compileSchema(schema);
  const parts = Array.from({ length: 20 }, (_, index) => ({ name: `part-${index}`, weight: index / 2 }));
  const object: JsonObject = {
    apiVersion: 'example.com/v1',
    kind: 'Widget',
    metadata: { name: 'w' },
    spec: { size: 12, parts },
  };
  return [
    await part('schema: prune and default (20 items)', () => compiled.decode(object)),
    await part('schema: validate (20 items)', () => compiled.validate(object)),
  ];
}

async function measureDecisions(): Promise<HotPart[]> {
  const selector = parseLabelSelector('app=bench,tier in (front,back),!old');
  const labels = { app: 'bench', tier: 'front', other: 'x' };
  const rules = rbac({ source: withFixedPolicy(boundSource, systemAdmin, bootstrapPolicy()) });
  const user = { name: 'user-1', uid: '', groups: ['team-1', 'system:authenticated'], extra: {} };
  const ask = (resource: string): Attributes => ({
    kind: 'resource',
    user,
    cluster,
    verb: 'get',
    group: '',
    version: 'v1',
    resource,
    subresource: '',
    namespace: 'demo',
    name: 'a',
  });
  const [allowed, refused] = [ask('configmaps'), ask('secrets')];
  if (rules.authorize(allowed).kind !== 'allow') throw new Error('the question is not allowed');
  return [
    await part('selector: match', () => matchesLabels(selector, labels)),
    await part('rbac: allowed by one of 100 bindings', () => rules.authorize(allowed)),
    await part('rbac: nobody allows', () => rules.authorize(refused)),
  ];
}

const reader: Role = {
  name: 'reader',
  labels: {},
  rules: [{ verbs: ['get'], apiGroups: [''], resources: ['configmaps'] }],
};
const bindings: readonly Binding[] = Array.from({ length: 100 }, (_, index) => ({
  name: `b-${index}`,
  subjects: [{ kind: 'User', name: `user-${index}` }],
  roleRef: { kind: 'ClusterRole', name: 'reader' },
}));

/** One logical cluster with 100 bindings to a role that reads ConfigMaps. */
const boundSource: RuleSource = {
  generation: () => 1,
  roleBindings: () => [],
  role: () => undefined,
  clusterRole: (_, name) => (name === 'reader' ? reader : undefined),
  clusterRoleBindings: (place) => (place === cluster ? bindings : []),
};
