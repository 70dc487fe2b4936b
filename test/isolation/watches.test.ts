import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { isObject, own, type JsonObject } from '@kcp/api-machinery';
import type { WireWatch } from '@kcp/testing';
import { sampleName } from './sample.ts';
import { collectionPath, kindName, text, type ServedKind } from './served-kind.ts';
import {
  HOME,
  homeOf,
  metadataOf,
  NAME,
  NAMESPACE,
  OTHER,
  startTwoClusters,
  type TwoClusters,
} from './two-clusters.ts';

let clusters: TwoClusters;
beforeAll(async () => {
  clusters = await startTwoClusters();
});
afterAll(async () => {
  await clusters[Symbol.asyncDispose]();
});

/** A watch of a kind, and what it is called. */
interface Watching {
  readonly name: string;
  readonly kind: ServedKind;
  readonly watch: WireWatch;
}

/** Opens every sort of watch on a kind: of all, of a namespace, of a name, of labels, from now and from long ago. */
async function openWatches(kind: ServedKind): Promise<readonly Watching[]> {
  const wire = clusters.server.wire(HOME);
  const now = text(metadataOf((await wire.request(collectionPath(kind))).object), 'resourceVersion');
  const paths = [...new Set([collectionPath(kind), collectionPath(kind, NAMESPACE)])];
  const queries = [
    '',
    '&resourceVersion=0',
    '&resourceVersion=1',
    `&resourceVersion=${now}`,
    '&labelSelector=sample%3Dyes',
    `&fieldSelector=metadata.name%3D${sampleName(kind, NAME)}`,
    '&sendInitialEvents=true&resourceVersionMatch=NotOlderThan&allowWatchBookmarks=true',
  ];
  return Promise.all(
    paths.flatMap((path) =>
      queries.map(async (query) => ({
        name: `${kindName(kind)} ${path}${query}`,
        kind,
        watch: await wire.watch(`${path}?watch=true${query}`),
      })),
    ),
  );
}

async function touch(cluster: string, kind: ServedKind, value: string): Promise<void> {
  const path = `${collectionPath(kind, NAMESPACE)}/${sampleName(kind, NAME)}`;
  await clusters.server.client(cluster).patch(path, { metadata: { annotations: { touched: value } } });
}

function touchedBy(event: JsonObject): string {
  const object = own(event, 'object');
  const annotations = isObject(object) ? own(metadataOf(object), 'annotations') : undefined;
  return isObject(annotations) ? text(annotations, 'touched') : '';
}

/** Takes events until the last one that is to come; whose they were. */
async function followTo(
  { name, watch }: Pick<Watching, 'name' | 'watch'>,
  last: string,
): Promise<readonly JsonObject[]> {
  const events: JsonObject[] = [];
  for (;;) {
    const [event] = await watch.take(1);
    if (event === undefined) throw new Error(`${name}: the event ${last} did not come after ${JSON.stringify(events)}`);
    events.push(event);
    if (touchedBy(event) === last) return events;
  }
}

describe('a watch in one logical cluster', () => {
  it('shows its own events and none of another, of every kind', async () => {
    for (const kind of clusters.stored) {
      const watching = await openWatches(kind);
      for (let i = 0; i < 3; i += 1) await touch(OTHER, kind, `there ${i}, ${kindName(kind)}`);
      const last = `here, ${kindName(kind)}`;
      await touch(HOME, kind, last);
      for (const { name, watch } of watching) {
        const events = await followTo({ name, watch }, last);
        const objects = events
          .filter((event) => text(event, 'type') !== 'BOOKMARK')
          .map((event) => own(event, 'object'));
        const homes = new Set(objects.filter(isObject).map(homeOf));
        expect([name, ...homes]).toEqual([name, HOME]);
        watch[Symbol.dispose]();
      }
    }
  });

  it('does not begin where the events of another would be replayed', async () => {
    const maps = clusters.stored.find(({ resource }) => resource === 'configmaps');
    if (!maps) throw new Error('there are no configmaps');
    const there = await clusters.server.client(OTHER).get(`${collectionPath(maps, NAMESPACE)}/${NAME}`);
    const version = Number(text(metadataOf(there), 'resourceVersion'));
    await touch(OTHER, maps, 'replayed');
    await touch(HOME, maps, 'own');
    using watch = await clusters.server
      .wire(HOME)
      .watch(`${collectionPath(maps)}?watch=true&resourceVersion=${version - 1}`);
    const events = await followTo({ name: 'replay', watch }, 'own');
    expect(events.map(touchedBy)).not.toContain('replayed');
  });

  it('across all shows both to masters, and nothing to others', async () => {
    const maps = clusters.stored.find(({ resource }) => resource === 'configmaps');
    if (!maps) throw new Error('there are no configmaps');
    using watch = await clusters.server.wire('*').watch(`${collectionPath(maps)}?watch=true&resourceVersion=0`);
    await touch(OTHER, maps, 'across-there');
    await touch(HOME, maps, 'across-here');
    const events = await followTo({ name: 'across', watch }, 'across-here');
    expect(events.map(touchedBy)).toEqual(expect.arrayContaining(['across-there', 'across-here']));
    using refused = await clusters.server.wire('*', 'user-1').watch(`${collectionPath(maps)}?watch=true`);
    expect(refused.status).toBe(403);
  });
});
