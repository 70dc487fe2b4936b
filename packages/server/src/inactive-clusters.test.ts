import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import type { JsonObject } from '@kcp/api-machinery';
import type { LogicalCluster } from '@kcp/logical-cluster';
import type { WatchListener } from '@kcp/object-store';
import { inlineOffload } from '@kcp/apiserver';
import { DefinitionChecks, definitionResource } from '@kcp/crd';
import { endingWhenInactive, type InactiveWatchParts } from './inactive-clusters.ts';
import { start, type LoopbackClient, type Server } from './index.ts';
import { adminOf, clusterOf, createWorkspace, grant } from './testing/workspaces.ts';

const CLUSTER = '/apis/core.kcp.io/v1alpha1/logicalclusters/cluster';
const MAPS = '/api/v1/namespaces/default/configmaps';

let server: Server;
const owned = new AsyncDisposableStack();
beforeAll(async () => {
  server = owned.use(await start({ freezesObjects: true }));
});
afterAll(() => owned.disposeAsync());

async function workspace(name: string): Promise<LoopbackClient> {
  await createWorkspace(await adminOf(server, 'root'), name);
  return adminOf(server, `root:${name}`);
}

const mark = (client: LoopbackClient, value: string | null, key = 'core.kcp.io/inactive'): Promise<JsonObject> =>
  client.patch(CLUSTER, { metadata: { annotations: { [key]: value } } });

interface Watching {
  /** It is over, by whomever. */
  readonly ended: Promise<void>;
  readonly isOver: () => boolean;
  /** It has told of an object of this name. */
  told(name: string): Promise<void>;
}

/** A watch that has told what is there. It ends with the tests. */
async function watching(client: LoopbackClient, path = MAPS): Promise<Watching> {
  const stop = new AbortController();
  const query = { sendInitialEvents: 'true', resourceVersionMatch: 'NotOlderThan', allowWatchBookmarks: 'true' };
  const begun = Promise.withResolvers<void>();
  const waiting = new Map<string, () => void>();
  let over = false;
  const follow = async (): Promise<void> => {
    for await (const event of client.watch(path, query, stop.signal)) {
      const { metadata } = event['object'] as { metadata: { name?: string } };
      if (event['type'] === 'BOOKMARK') begun.resolve();
      waiting.get(metadata.name ?? '')?.();
    }
  };
  const ended = follow().finally(() => (over = true));
  ended.then(begun.resolve, begun.reject);
  await begun.promise;
  owned.defer(() => {
    stop.abort();
    return ended.catch(() => {});
  });
  return { ended, isOver: () => over, told: (name) => new Promise((resolve) => waiting.set(name, resolve)) };
}

describe('an inactive logical cluster', () => {
  it('refuses whoever asks, in kcp’s words, until it is active again', async () => {
    const client = await workspace('closed');
    const cluster = await clusterOf(client);
    await mark(client, 'true');
    const refusal = {
      code: 403,
      reason: 'Forbidden',
      message: `logicalclusters.core.kcp.io "${cluster}" is forbidden: logical cluster is marked inactive`,
    };
    for (const asking of [client, server.client('root:closed')]) {
      await expect(asking.get(MAPS)).rejects.toMatchObject(refusal);
      await expect(asking.get('/apis')).rejects.toMatchObject(refusal);
      await expect(asking.create(MAPS, { metadata: { name: 'm' } })).rejects.toMatchObject(refusal);
    }
    await mark(client, null);
    expect(await client.get(MAPS)).toMatchObject({ kind: 'ConfigMapList' });
  });

  it('says nothing of it to who may not know', async () => {
    const client = await workspace('quiet');
    await mark(client, 'true');
    await expect(server.clientOf('', 'root:quiet').get(MAPS)).rejects.toMatchObject({
      message: expect.stringMatching(/access denied$/),
    });
  });

  it('is known by the older annotation as well', async () => {
    const client = await workspace('older');
    await mark(client, 'true', 'internal.kcp.io/inactive');
    await expect(client.get(MAPS)).rejects.toMatchObject({ code: 403 });
    await mark(client, 'false', 'internal.kcp.io/inactive');
    expect(await client.get(MAPS)).toMatchObject({ kind: 'ConfigMapList' });
  });

  it('is closed and opened by system administrators, not by those of the workspace', async () => {
    const client = await workspace('not-theirs');
    await grant(client, 'cluster-admin', { kind: 'User', name: 'jane' });
    const jane = (value: string | null): Promise<JsonObject> =>
      client.api.request(CLUSTER, {
        method: 'PATCH',
        body: { metadata: { annotations: { 'core.kcp.io/inactive': value } } },
        contentType: 'application/merge-patch+json',
        headers: { 'impersonate-user': 'jane' },
      });
    const refusal = { code: 403, message: expect.stringContaining('is for system administrators to change') };
    await expect(jane('true')).rejects.toMatchObject(refusal);
    await mark(client, 'true');
    await expect(jane(null)).rejects.toMatchObject(refusal);
    await mark(client, null);
  });

  it('stays open where it is told to be active, and for what tools need for that', async () => {
    const client = await workspace('ajar');
    await mark(client, 'true');
    expect(await client.get(CLUSTER)).toMatchObject({ kind: 'LogicalCluster' });
    expect(await client.get('/openapi/v3')).toMatchObject({ paths: expect.anything() });
    expect(await (await adminOf(server, 'root')).get(MAPS)).toMatchObject({ kind: 'ConfigMapList' });
  });
});

describe('watches', () => {
  it('of an inactive logical cluster end, those of others go on', async () => {
    const [one, other] = [await workspace('ending'), await workspace('going-on')];
    const ending = await watching(one);
    const going = [await watching(one, CLUSTER.slice(0, -'/cluster'.length)), await watching(other)];
    await mark(one, 'true');
    await ending.ended;
    const told = going[1]?.told('m');
    await other.create(MAPS, { metadata: { name: 'm' } });
    await told;
    expect(going.map((each) => each.isOver())).toEqual([false, false]);
  });

  it('of all logical clusters end, for they show it, and may begin anew', async () => {
    const [client, other] = [await workspace('shown'), await workspace('also-shown')];
    const everywhere = () => watching(server.client('*'), '/api/v1/configmaps');
    await Promise.all([(await everywhere()).ended, mark(client, 'true')]);
    const again = await everywhere();
    const told = again.told('n');
    // it is inactive already: nothing new
    await client.patch(CLUSTER, { metadata: { labels: { a: 'b' } } });
    await other.create(MAPS, { metadata: { name: 'n' } });
    await told;
    expect(again.isOver()).toBe(false);
  });
});

describe('the watch of the store behind them', () => {
  const definitions = definitionResource(new DefinitionChecks(inlineOffload()));

  /** The store's side, and how often it was asked. */
  function followed() {
    const listeners: WatchListener[] = [];
    let open = 0;
    const store: InactiveWatchParts['store'] = {
      head: () => 1,
      watch: (_, listener) => {
        listeners.push(listener);
        open += 1;
        return { position: () => 1, [Symbol.dispose]: () => void (open -= 1) };
      },
    };
    const none = { follow: () => ({ [Symbol.dispose]: () => {} }) };
    const watches = endingWhenInactive({ store, clusters: () => undefined, definitions: none });
    const begin = (cluster: string, changed: () => void): Disposable =>
      watches.follow({ cluster: cluster as LogicalCluster, resource: definitions }, changed);
    return { begin, listeners, isOpen: () => open };
  }

  it('is one for all, as long as there are any', () => {
    const { begin, isOpen } = followed();
    expect(isOpen()).toBe(0);
    const [first, second] = [begin('one', () => {}), begin('other', () => {})];
    expect(isOpen()).toBe(1);
    first[Symbol.dispose]();
    expect(isOpen()).toBe(1);
    second[Symbol.dispose]();
    expect(isOpen()).toBe(0);
    using _again = begin('one', () => {});
    expect(isOpen()).toBe(1);
  });

  it('ends all of them where it is lost, and begins anew with the next', () => {
    const { begin, listeners } = followed();
    const ended: string[] = [];
    begin('one', () => ended.push('one'));
    begin('other', () => ended.push('other'));
    listeners[0]?.lost(new Error('the window passed it'));
    expect(ended.sort()).toEqual(['one', 'other']);
    begin('third', () => {});
    expect(listeners).toHaveLength(2);
  });
});
