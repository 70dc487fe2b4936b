import { describe, expect, it } from '@jest/globals';
import type { ObjectReader, StoredObject } from '@kcp/object-store';
import { definitionBucket } from '../definition/custom-resource-definition.ts';
import { DEFINITION_FINGERPRINT } from '../definition/definition-resource.ts';
import { exampleBody } from '../testing/example-definition.ts';
import { cluster, TestServer } from '../testing/test-server.ts';
import { DefinitionIndex } from './definition-index.ts';

const a = cluster('a');

/** A reader that counts how many objects it read in pages. */
class CountingReader {
  reads = 0;
  readonly reader: ObjectReader;

  constructor(store: ObjectReader) {
    const page: ObjectReader['page'] = (options) => {
      const found = store.page(options);
      this.reads += found.objects.length;
      return found;
    };
    this.reader = new Proxy(store, {
      get: (target, name) => {
        if (name === 'page') return page;
        const member: unknown = Reflect.get(target, name);
        return typeof member === 'function' ? member.bind(target) : member;
      },
    });
  }
}

async function withDefinitions(server: TestServer, count: number): Promise<void> {
  for (let at = 0; at < count; at += 1) {
    await server.define(
      a,
      exampleBody(({ metadata, spec }) => {
        metadata['name'] = `w${at}.example.com`;
        spec['names'] = { plural: `w${at}`, kind: `W${at}`, singular: `w${at}`, listKind: `W${at}List` };
      }),
    );
  }
  await server.settled();
}

describe('the index of definitions', () => {
  it('is prepared in pieces, once for all who wait', async () => {
    await using server = await TestServer.start();
    await withDefinitions(server, 50);
    const store = new CountingReader(server.store);
    const index = new DefinitionIndex(store.reader, 2 ** 20);
    const [first, second] = [index.prepare(a), index.prepare(a)];
    expect(first).toBeInstanceOf(Promise);
    expect(second).toBe(first);
    await first;
    expect(store.reads).toBe(50);
    expect(index.prepare(a)).toBeUndefined();
    expect([...index.of(a).entries.keys()]).toEqual([...server.index.of(a).entries.keys()]);
    expect(store.reads).toBe(50);
  });

  it('has nothing to prepare where there are no definitions', async () => {
    await using server = await TestServer.start();
    expect(server.index.prepare(cluster('empty'))).toBeUndefined();
  });

  it('takes the identity of a spec once, however often the status changes', async () => {
    await using server = await TestServer.start();
    await withDefinitions(server, 1);
    const entry = (): { spec: unknown; hash: string } => {
      const found = server.index.of(a).entries.get('w0.example.com')?.identity;
      if (found === undefined) throw new Error('not established');
      return { spec: found.spec, hash: found.hash };
    };
    const before = entry();
    const stored: StoredObject | undefined = server.stored(a, 'w0.example.com');
    const definition = server.definition(a, 'w0.example.com');
    if (stored === undefined || definition === undefined) throw new Error('gone');
    const labelled = { ...definition, metadata: { ...definition.metadata, labels: { a: 'b' } } };
    await server.write(a, definitionBucket, labelled, DEFINITION_FINGERPRINT);
    expect(server.stored(a, 'w0.example.com')?.revision).not.toBe(stored.revision);
    expect(entry().spec).toBe(before.spec);
    expect(entry().hash).toBe(before.hash);
  });
});
