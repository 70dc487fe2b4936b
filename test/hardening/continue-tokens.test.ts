import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { isObject, own, type JsonObject } from '@kcp/api-machinery';
import { items, text } from '../isolation/served-kind.ts';
import { fault } from './answers.ts';
import { create, createNamespaces } from './fixture.ts';
import { startProbedServer, type ProbedServer } from './probe.ts';

const NAMES = ['a', 'b', 'c', 'd', 'e'];

/** A collection, and what everything that it lists must have. */
interface Collection {
  readonly path: string;
  readonly cluster?: string;
  readonly namespace?: string;
  readonly kind: string;
}

const collections: readonly Collection[] = ['one', 'two'].flatMap((cluster) =>
  ['configmaps', 'secrets'].flatMap((kind) => [
    ...['left', 'right'].map((namespace) => ({
      path: `/clusters/${cluster}/api/v1/namespaces/${namespace}/${kind}`,
      cluster,
      namespace,
      kind,
    })),
    { path: `/clusters/${cluster}/api/v1/${kind}`, cluster, kind },
  ]),
);
const everywhere: readonly Collection[] = ['configmaps', 'secrets'].map((kind) => ({
  path: `/clusters/*/api/v1/${kind}`,
  kind,
}));

let server: ProbedServer;
let tokens: readonly string[];
beforeAll(async () => {
  server = await startProbedServer();
  for (const cluster of ['one', 'two']) {
    await createNamespaces(server, cluster, ['left', 'right']);
    for (const namespace of ['left', 'right']) {
      for (const kind of ['configmaps', 'secrets']) {
        const path = `/clusters/${cluster}/api/v1/namespaces/${namespace}/${kind}`;
        for (const name of NAMES)
          await create(server, path, { metadata: { name, labels: { kind, cluster, namespace } } });
      }
    }
  }
  const pages = await Promise.all(
    [...collections, ...everywhere].map(({ path }) => server.client.send(`${path}?limit=2&labelSelector=kind`)),
  );
  tokens = pages.map(({ object }) => (isObject(object['metadata']) ? text(object['metadata'], 'continue') : ''));
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

/** What is wrong with an answer: anything that is not the collection's own. */
function strayed(object: JsonObject, { cluster, namespace, kind }: Collection): readonly string[] {
  return items(object, 'items').flatMap((item) => {
    const metadata = isObject(item['metadata']) ? item['metadata'] : {};
    const annotations = own(metadata, 'annotations');
    const home = isObject(annotations) ? text(annotations, 'kcp.io/cluster') : '';
    const labels = own(metadata, 'labels');
    const marked = isObject(labels) ? labels : {};
    const wrong =
      (cluster !== undefined && home !== cluster) ||
      (namespace !== undefined && text(metadata, 'namespace') !== namespace) ||
      (own(marked, 'kind') ?? kind) !== kind;
    return wrong ? [JSON.stringify(metadata)] : [];
  });
}

async function follow(token: string, collection: Collection): Promise<number> {
  const answer = await server.client.send(`${collection.path}?limit=3&continue=${encodeURIComponent(token)}`);
  expect(fault(answer)).toBeUndefined();
  expect([200, 400, 410]).toContain(answer.status);
  expect(strayed(answer.object, collection)).toEqual([]);
  return answer.status;
}

describe('continue tokens', () => {
  it('go on where they were given', async () => {
    for (const [index, collection] of collections.entries())
      expect(await follow(tokens[index] ?? '', collection)).toBe(200);
  });

  it('of other clusters, namespaces and resources reach nothing there', async () => {
    await server.survives('tokens in the wrong place', async () => {
      expect(tokens.every((token) => token !== '')).toBe(true);
      for (const token of tokens) for (const collection of collections) await follow(token, collection);
    });
  });

  it('that were bent are refused or stay inside', async () => {
    await server.survives('bent tokens', async () => {
      const bent = tokens.slice(0, 4).flatMap((token) =>
        Array.from({ length: token.length }, (_, at) => {
          const letter = String.fromCharCode(((token.charCodeAt(at) - 47) % 74) + 48);
          return token.slice(0, at) + letter + token.slice(at + 1);
        }),
      );
      for (const token of bent) for (const collection of collections.slice(0, 2)) await follow(token, collection);
    });
  });

  it('that were forged are refused or stay inside', async () => {
    await server.survives('forged tokens', async () => {
      const starts = [
        '../two/left/a',
        '/core/configmaps/two/left/a',
        'two/left/a',
        'left/../../two/a',
        '\u0000',
        '\uffff',
        'a\u0000',
        '..',
        '',
        'a'.repeat(100_000),
        '*',
        '%2e%2e%2f',
      ];
      const revisions = [1, 0, -1, 1.5, 2 ** 53, 1e300, '1', null, [], {}];
      for (const start of starts) {
        for (const revision of revisions) {
          const token = Buffer.from(JSON.stringify({ v: 'kcp.io/v1', rv: revision, start })).toString('base64url');
          if (token.length > 30_000) continue;
          for (const collection of collections.slice(0, 3)) await follow(token, collection);
        }
      }
    });
  });

  it('do not make a deletecollection reach further', async () => {
    for (const token of tokens) {
      const path = `/clusters/two/api/v1/namespaces/left/configmaps?dryRun=All&continue=${token}`;
      const answer = await server.client.send(path, { method: 'DELETE' });
      expect(fault(answer)).toBeUndefined();
      expect(strayed(answer.object, { path, cluster: 'two', namespace: 'left', kind: 'configmaps' })).toEqual([]);
    }
  });
});
