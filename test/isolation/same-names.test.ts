import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { own, type JsonObject } from '@kcp/api-machinery';
import { sampleName } from './sample.ts';
import { collectionPath, items, kindName, text, type ServedKind } from './served-kind.ts';
import {
  HOME,
  homeOf,
  markOf,
  metadataOf,
  NAME,
  NAMESPACE,
  OTHER,
  startTwoClusters,
  until,
  type TwoClusters,
} from './two-clusters.ts';

const MAPS = `/api/v1/namespaces/${NAMESPACE}/configmaps`;

let clusters: TwoClusters;
beforeAll(async () => {
  clusters = await startTwoClusters();
});
afterAll(async () => {
  await clusters[Symbol.asyncDispose]();
});

function get(cluster: string, kind: ServedKind): Promise<JsonObject> {
  return clusters.server.client(cluster).get(`${collectionPath(kind, NAMESPACE)}/${sampleName(kind, NAME)}`);
}

describe('objects of one name in two logical clusters', () => {
  it('are two objects, of every kind', async () => {
    for (const kind of clusters.stored) {
      const [one, two] = [await get(HOME, kind), await get(OTHER, kind)];
      expect([kindName(kind), homeOf(one), homeOf(two)]).toEqual([kindName(kind), HOME, OTHER]);
      expect(text(metadataOf(one), 'uid')).not.toBe(text(metadataOf(two), 'uid'));
      expect(JSON.stringify(one)).toContain(markOf(HOME));
      expect(JSON.stringify(two)).toContain(markOf(OTHER));
    }
  });

  it('are listed each at home, whatever is selected', async () => {
    for (const kind of clusters.stored) {
      for (const query of [
        {},
        { labelSelector: 'sample=yes' },
        { fieldSelector: `metadata.name=${sampleName(kind, NAME)}` },
        { resourceVersion: '0' },
        { limit: '1' },
      ]) {
        for (const path of new Set([collectionPath(kind), collectionPath(kind, NAMESPACE)])) {
          const listed = items(await clusters.server.client(HOME).get(path, query), 'items');
          expect([kindName(kind), listed.length > 0]).toEqual([kindName(kind), true]);
          expect(new Set(listed.map(homeOf))).toEqual(new Set([HOME]));
        }
      }
    }
  });

  it('are all seen by masters who ask for all', async () => {
    for (const kind of clusters.stored.filter(({ group }) => group !== 'example.com')) {
      const listed = items((await clusters.server.wire('*').request(collectionPath(kind))).object, 'items');
      expect([...new Set(listed.map(homeOf))]).toEqual(expect.arrayContaining([HOME, OTHER]));
    }
  });

  it('change each for itself', async () => {
    for (const kind of clusters.stored) {
      const path = `${collectionPath(kind, NAMESPACE)}/${sampleName(kind, NAME)}`;
      const untouched = JSON.stringify(await get(OTHER, kind));
      await clusters.server.client(HOME).patch(path, { metadata: { annotations: { changed: 'yes' } } });
      expect(JSON.stringify(await get(OTHER, kind))).toBe(untouched);
    }
  });

  it('hold each other by no uid and no resourceVersion', async () => {
    const [home, other] = [clusters.server.wire(HOME), clusters.server.wire(OTHER)];
    const foreign = metadataOf((await other.request(`${MAPS}/${NAME}`)).object);
    const preconditions = [{ uid: text(foreign, 'uid') }, { resourceVersion: text(foreign, 'resourceVersion') }];
    for (const condition of preconditions) {
      const refused = await home.request(`${MAPS}/${NAME}`, { method: 'DELETE', body: { preconditions: condition } });
      expect(refused.status).toBe(409);
    }
    const replaced = { metadata: { name: NAME, namespace: NAMESPACE, uid: text(foreign, 'uid') }, data: {} };
    expect((await home.request(`${MAPS}/${NAME}`, { method: 'PUT', body: replaced })).status).toBe(409);
    const elsewhere = { metadata: { name: 'sneaky', annotations: { 'kcp.io/cluster': OTHER } } };
    const made = await home.request(MAPS, { method: 'POST', body: elsewhere });
    expect([made.status, homeOf(made.object)]).toEqual([201, HOME]);
    expect((await other.request(`${MAPS}/sneaky`)).status).toBe(404);
  });
});

describe('owners in another logical cluster', () => {
  const owned = (name: string, owner: JsonObject): JsonObject => ({
    metadata: {
      name,
      ownerReferences: [
        {
          apiVersion: 'v1',
          kind: 'ConfigMap',
          name: text(metadataOf(owner), 'name'),
          uid: text(metadataOf(owner), 'uid'),
        },
      ],
    },
  });

  it('own nothing here, and what they own there goes with them only', async () => {
    const [home, other] = [clusters.server.client(HOME), clusters.server.client(OTHER)];
    const ownerThere = await other.create(MAPS, { metadata: { name: 'owner' } });
    const ownerHere = await home.create(MAPS, { metadata: { name: 'owner' } });
    await other.create(MAPS, owned('owned', ownerThere));
    await home.create(MAPS, owned('owned', ownerHere));
    await home.create(MAPS, owned('claims-foreign', ownerThere));
    await home.delete(`${MAPS}/owner`);
    await until(async () => (await clusters.server.wire(HOME).request(`${MAPS}/owned`)).status === 404);
    expect(text(metadataOf(await other.get(`${MAPS}/owned`)), 'name')).toBe('owned');
    expect(text(metadataOf(await other.get(`${MAPS}/owner`)), 'uid')).toBe(text(metadataOf(ownerThere), 'uid'));
    await other.delete(`${MAPS}/owner`);
    await until(async () => (await clusters.server.wire(OTHER).request(`${MAPS}/owned`)).status === 404);
  });
});

describe('what is deleted in one logical cluster', () => {
  it('stays in the other: a collection, a namespace, a definition', async () => {
    const [home, other] = [clusters.server.client(HOME), clusters.server.client(OTHER)];
    const widgets = `/apis/example.com/v1/namespaces/${NAMESPACE}/widgets`;
    const definition = '/apis/apiextensions.k8s.io/v1/customresourcedefinitions/widgets.example.com';
    const kept = async (): Promise<string> =>
      JSON.stringify(
        [
          await other.get(MAPS),
          await other.get(widgets),
          await other.get('/api/v1/namespaces'),
          await other.get(definition),
        ].map((list) => own(list, 'items') ?? list),
      );
    const before = await kept();
    await home.delete(MAPS);
    expect(items(await home.get(MAPS), 'items')).toEqual([]);
    await home.delete(definition);
    await until(async () => (await clusters.server.wire(HOME).request(widgets)).status === 404);
    await home.delete(`/api/v1/namespaces/${NAMESPACE}`);
    await until(
      async () => (await clusters.server.wire(HOME).request(`/api/v1/namespaces/${NAMESPACE}`)).status === 404,
    );
    expect(await kept()).toBe(before);
    expect(
      homeOf(
        await other.create(widgets, { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'later' } }),
      ),
    ).toBe(OTHER);
  });
});
