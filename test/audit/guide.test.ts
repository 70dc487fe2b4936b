import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { expect, it } from '@jest/globals';
import { startTestServer } from '@kcp/testing';

const guide = fileURLToPath(new URL('../../docs/audit.md', import.meta.url));

it('the policy of the guide can be used, and keeps secrets', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kcp-audit-'));
  const [, policy = ''] = /```yaml\n(apiVersion: audit[^`]*)```/.exec(await readFile(guide, 'utf8')) ?? [];
  await writeFile(join(folder, 'policy.yaml'), policy);
  const path = join(folder, 'audit.log');
  {
    await using server = await startTestServer({
      audit: { policyFile: join(folder, 'policy.yaml'), log: { path } },
      runControllers: false,
    });
    const client = server.client('root');
    await client.get('/readyz').catch(() => undefined);
    await client.create('/api/v1/namespaces/default/secrets', {
      metadata: { name: 's' },
      stringData: { password: 'hunter2' },
    });
    await client.create('/api/v1/namespaces/default/configmaps', { metadata: { name: 'c' }, data: { shown: 'yes' } });
    await client.get('/api/v1/namespaces/default/configmaps/c');
  }
  const lines = (await readFile(path, 'utf8')).trim().split('\n');
  const events = lines.map((line) => JSON.parse(line) as { level: string; stage: string; requestURI: string });
  const own = events.filter(({ requestURI }) => requestURI.includes('/namespaces/default/'));
  expect(own.map(({ level, stage }) => `${level} ${stage}`)).toEqual([
    'Metadata ResponseComplete',
    'Request ResponseComplete',
    'Metadata ResponseComplete',
  ]);
  expect(lines.join('\n')).toContain('"shown":"yes"');
  expect(lines.join('\n')).not.toMatch(/hunter2|aHVudGVyMg|readyz/);
  await rm(folder, { recursive: true });
});
