import { describe, expect, it } from '@jest/globals';
import type { JsonObject, KubeObject } from '@kcp/api-machinery';
import { root } from '@kcp/logical-cluster';
import { configMaps } from '../core/config-map.ts';
import { namespaces } from '../core/namespace.ts';
import { secrets } from '../core/secret.ts';
import { serviceAccounts } from '../core/service-account.ts';
import { World } from '../testing/world.ts';
import { cleanLegacyTokens } from './legacy-token-cleaner.ts';
import { timeOfDate, trackLegacyTokens } from './legacy-token-tracking.ts';

const DAY = 86_400_000;
const NOW = Date.parse('2026-06-15T12:00:00Z');
const TRACKING = 'kube-apiserver-legacy-service-account-token-tracking';
const INVALID_SINCE = 'kubernetes.io/legacy-token-invalid-since';
const LAST_USED = 'kubernetes.io/legacy-token-last-used';
const resources = [configMaps(), namespaces(), secrets(), serviceAccounts({ kind: 'part', strategy: {} })];
const signal = new AbortController().signal;

async function create(world: World, resource: string, metadata: JsonObject, fields: JsonObject = {}): Promise<void> {
  const namespace = typeof metadata['namespace'] === 'string' ? metadata['namespace'] : '';
  const object = { metadata, ...fields } as unknown as KubeObject;
  await world.writer.create({ cluster: root, resource: { group: '', version: 'v1', resource }, namespace }, object);
}

/** A Secret of 2024 that the account lists, and uses that are noted since 2024. */
async function worldWith(labels: Record<string, string>, more: JsonObject = {}): Promise<World> {
  const world = new World(resources);
  const { since = '2024-01-01', listed = true, created = '2024-02-01T00:00:00Z', type, account = 'bot' } = more;
  await create(world, 'namespaces', { name: 'kube-system' });
  await create(world, 'configmaps', { name: TRACKING, namespace: 'kube-system' }, { data: { since } });
  const references = listed === true ? [{ name: 'token' }] : [{ name: 'another' }];
  await create(world, 'serviceaccounts', { name: 'bot', namespace: 'ns' }, { secrets: references });
  const annotations = { 'kubernetes.io/service-account.name': account };
  const metadata = { name: 'token', namespace: 'ns', creationTimestamp: created, labels, annotations };
  await create(world, 'secrets', metadata, { type: type ?? 'kubernetes.io/service-account-token' });
  world.writes.length = 0;
  return world;
}
const clean = (world: World): Promise<void> =>
  cleanLegacyTokens(
    { store: world.reader, writer: world.writer, clock: { now: () => NOW }, periodMs: 365 * DAY },
    signal,
  );
const secretOf = (world: World) =>
  world.reader.get({ group: '', resource: 'secrets' }, { cluster: root, namespace: 'ns', name: 'token' })?.decode();

describe('a token in a Secret that its account lists', () => {
  it.each([{}, { [LAST_USED]: '2025-06-14' }, { [INVALID_SINCE]: 'long ago' }])(
    'and that was not used for a year is marked as invalid: %j',
    async (labels) => {
      const world = await worldWith(labels);
      await clean(world);
      expect(secretOf(world)?.metadata.labels).toEqual({ ...labels, [INVALID_SINCE]: '2026-06-15' });
      await clean(world);
      expect(world.writes).toEqual(['update secrets token']);
    },
  );
  it('and was marked a year ago is removed', async () => {
    const world = await worldWith({ [INVALID_SINCE]: '2025-06-14' });
    await clean(world);
    expect(secretOf(world)).toBeUndefined();
  });
  it.each<[string, Record<string, string>, JsonObject]>([
    ['was marked less than a year ago', { [INVALID_SINCE]: '2025-06-15' }, {}],
    ['was used within the year', { [LAST_USED]: '2025-06-15' }, {}],
    ['was used within the year though it is marked', { [LAST_USED]: '2025-06-15', [INVALID_SINCE]: '2024-02-02' }, {}],
    ['has a label that nobody can read', { [LAST_USED]: 'recently' }, {}],
    ['was made within the year', {}, { created: '2025-06-15T12:00:01Z' }],
    ['is of another type', {}, { type: 'Opaque' }],
    ['was made by hand: no account lists it', {}, { listed: false }],
    ['has no account', {}, { account: 'nobody' }],
    ['may have been used before uses were noted', {}, { since: '2025-06-16' }],
  ])('stays as it is where it %s', async (_why, labels, more) => {
    const world = await worldWith(labels, more);
    await clean(world);
    expect(world.writes).toEqual([]);
  });
});

describe('since when uses are noted', () => {
  const track = (world: World) =>
    trackLegacyTokens({ store: world.reader, writer: world.writer, clock: { now: () => NOW } });

  it('is written down once, where kube-apiserver writes it', async () => {
    const world = new World(resources);
    expect(await track(world)).toBeUndefined();
    await create(world, 'namespaces', { name: 'kube-system' });
    expect(await track(world)).toBe(Date.parse('2026-06-15T00:00:00Z'));
    expect(await track(world)).toBe(Date.parse('2026-06-15T00:00:00Z'));
    expect(world.writes).toEqual(['create namespaces kube-system', `create configmaps ${TRACKING}`]);
  });
  it('begins anew where it cannot be read, and nothing is removed for a period then', async () => {
    const world = await worldWith({ [INVALID_SINCE]: '2024-02-02' }, { since: 'always' });
    await clean(world);
    expect(world.writes).toEqual([`update configmaps ${TRACKING}`]);
  });
  it.each(['', '2026', '2026-13-01', '2026-06-15T00:00:00Z', 'today'])('is no date: %j', (text) => {
    expect(timeOfDate(text)).toBeUndefined();
  });
});
