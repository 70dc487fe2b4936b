import { readFile } from 'node:fs/promises';
import { expect, it } from '@jest/globals';
import { isObject, own } from '@kcp/api-machinery';
import { startTestServer } from '@kcp/testing';
import { countKeys } from './example.ts';
import { clientThrough } from './reflected.ts';

it('is what the README shows, and does what it says until it is stopped', async () => {
  await using server = await startTestServer();
  const admin = server.client('counted');
  await admin.create('/api/v1/namespaces', { metadata: { name: 'demo' } });
  const path = '/api/v1/namespaces/demo/configmaps';
  await using client = clientThrough(server, 'counted', Number(new URL(server.url).port));
  const stop = new AbortController();
  const running = countKeys(client, stop.signal);
  await admin.create(path, { metadata: { name: 'a', labels: { counted: '' } }, data: { x: '1', y: '2' } });
  let keys: unknown;
  for await (const { object } of admin.watch(path, { fieldSelector: 'metadata.name=a' })) {
    const metadata = isObject(object) ? own(object, 'metadata') : undefined;
    const annotations = isObject(metadata) ? own(metadata, 'annotations') : undefined;
    keys = isObject(annotations) ? own(annotations, 'keys') : undefined;
    if (keys !== undefined) break;
  }
  expect(keys).toBe('2');
  stop.abort();
  await running;
});

it('stands in the README as it is run', async () => {
  const [readme, source = ''] = await Promise.all(
    ['../../packages/controller/README.md', './example.ts'].map((path) =>
      readFile(new URL(path, import.meta.url), 'utf8'),
    ),
  );
  const code = source.slice(source.indexOf('export async function'));
  expect(readme).toContain(code.trim());
});
