import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { startTestServer } from '@kcp/testing';
import { clientExample } from './client-example.ts';

describe('the client as a library', () => {
  it('runs the example', async () => {
    await using server = await startTestServer();
    const lines: string[] = [];
    await clientExample(await server.kubeconfig('any'), (line) => void lines.push(line));
    expect(lines).toEqual([
      'ADDED greeting: good day',
      'a role with 1 rule',
      'configmaps greeting',
      'configmaps kube-root-ca.crt',
    ]);
  });

  it('shows in its README what the example does', async () => {
    const root = join(import.meta.dirname, '..', '..');
    const readme = await readFile(join(root, 'packages/client/README.md'), 'utf8');
    const shown = /With a server:\n\n```ts\n([\s\S]*?)```/.exec(readme)?.[1] ?? '';
    const example = squeeze(await readFile(join(root, 'test/library/client-example.ts'), 'utf8'));
    const statements = shown.split('\n').map((line) => squeeze(line.replace(/\/\/ .*$/, '')));
    expect(statements.filter((line) => line !== '').length).toBeGreaterThan(8);
    for (const line of statements) expect(example).toContain(line);
  });

  it('is what a server gives for use within its process', async () => {
    await using server = await startTestServer();
    const { api } = server.client('inside');
    const secrets = api.resource({ group: '', version: 'v1', resource: 'secrets' }).namespace('default');
    await api.request('/api/v1/namespaces', { method: 'POST', body: { metadata: { name: 'default' } } });
    const secret = { apiVersion: 'v1', kind: 'Secret', metadata: { name: 's' } };
    await secrets.create(secret);
    const { items } = await secrets.list({ fieldSelector: 'metadata.name=s' });
    expect(items).toMatchObject([secret]);
    expect(await (await api.cluster('outside').raw('/healthz')).bytes()).toEqual(Buffer.from('ok'));
  });
});

function squeeze(text: string): string {
  return text.replaceAll(/\s+/g, '');
}
