import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { mkdtemp, readFile, readdir, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { CURRENT } from '../kubeconfig/workspace-contexts.ts';
import { loadKubeconfig, kubeconfigFiles } from '@kcp/client';
import { testCertificate } from '@kcp/http/testing';
import { openFixture, type Fixture } from '../testing/fixture.ts';
import { visitWorkspace } from '../kubeconfig/visit.ts';
import { execCommand } from './exec.ts';
import { useCommand } from './use.ts';

let kcp: Fixture;
beforeEach(async () => {
  kcp = await openFixture();
  kcp.server.add('root:org');
});
afterEach(() => kcp[Symbol.asyncDispose]());

const exec = async (word: string, ...command: string[]): Promise<number> =>
  (await kcp.run((session) => execCommand(session, { word, command, environment: { PATH: process.env['PATH'] } })))
    .result;
const script = (text: string): string[] => [process.execPath, '--input-type=module', '-e', text];

describe('a program in another workspace', () => {
  it('finds its kubeconfig there, with the credentials of the user', async () => {
    const copy = join(kcp.folder, 'copy');
    const before = await readFile(kcp.file, 'utf8');
    const text = `import { copyFileSync, writeFileSync } from 'node:fs';
      const [first] = process.env.KUBECONFIG.split(':');
      copyFileSync(first, ${JSON.stringify(copy)});
      writeFileSync(${JSON.stringify(`${copy}.path`)}, process.env.KUBECONFIG);`;
    expect(await exec('org', ...script(text))).toBe(0);
    const path = await readFile(`${copy}.path`, 'utf8');
    expect(path.split(':')[1]).toBe(kcp.file);
    const config = await loadKubeconfig(kubeconfigFiles({ variable: `${copy}:${kcp.file}`, home: kcp.folder }));
    expect([config.currentContext, config.contexts.get(CURRENT)?.user]).toEqual([CURRENT, 'me']);
    expect(config.clusters.get(CURRENT)?.server).toBe(`${kcp.server.url}/clusters/root:org`);
    expect(await readFile(copy, 'utf8')).not.toContain('mine');
    expect(await readFile(kcp.file, 'utf8')).toBe(before);
    await expect(readFile(path.split(':')[0]!)).rejects.toThrow('ENOENT');
  });

  it('may go elsewhere, and back, without a change of the files of the user', async () => {
    kcp.server.add('root:org:team');
    await kcp.run((session) => useCommand(session, { word: 'org', short: false }));
    await kcp.run((session) => useCommand(session, { word: ':root', short: false }));
    const before = await readFile(kcp.file, 'utf8');
    const { result } = await kcp.run(async (outer) => {
      const folder = await mkdtemp(join(kcp.folder, 'visit-'));
      const file = join(folder, 'kubeconfig');
      const visit = { server: `${kcp.server.url}/clusters/root:org`, from: outer.server, context: undefined };
      await writeFile(file, JSON.stringify(visitWorkspace(outer.config, visit)));
      const files = kubeconfigFiles({ variable: `${file}:${kcp.file}`, home: kcp.folder });
      const said: string[] = [];
      for (const word of ['-', '-', 'team', '-'])
        said.push(...(await kcp.run((session) => useCommand(session, { word, short: true }), { files })).out);
      return said;
    });
    expect(result).toEqual(['root', 'root:org', 'root:org:team', 'root:org']);
    expect(await readFile(kcp.file, 'utf8')).toBe(before);
  });

  it('gives its exit code, or that of the signal that ended it', async () => {
    expect(await exec('org', ...script('process.exit(7)'))).toBe(7);
    expect(await exec('org', ...script("process.kill(process.pid, 'SIGKILL')"))).toBe(137);
  });

  it('is not run where there is no such workspace, or no such program', async () => {
    const marker = join(kcp.folder, 'ran');
    await expect(exec('nosuch', 'touch', marker)).rejects.toThrow('the server could not find the requested resource');
    await expect(readFile(marker)).rejects.toThrow('ENOENT');
    await expect(exec('org', 'no-such-program')).rejects.toThrow('cannot run no-such-program');
    await expect(exec('org')).rejects.toThrow('say what to run');
  });

  it('leaves nothing behind', async () => {
    const left = async (): Promise<number> =>
      (await readdir(tmpdir())).filter((name) => name.startsWith('kubectl-ws-')).length;
    const before = await left();
    await exec('org', ...script(''));
    await expect(exec('org', 'no-such-program')).rejects.toThrow();
    expect(await left()).toBe(before);
  });
});

it('keeps what the cluster says of its certificate and its proxy', async () => {
  const config = JSON.parse(await readFile(kcp.file, 'utf8'));
  Object.assign(config.clusters[0].cluster, { 'tls-server-name': 'kcp', 'certificate-authority': 'ca.pem' });
  await writeFile(kcp.file, JSON.stringify(config));
  await writeFile(join(kcp.folder, 'ca.pem'), testCertificate({ name: 'ca', authority: true }).cert);
  const copy = join(kcp.folder, 'copy');
  await exec(
    'org',
    ...script(
      `import { copyFileSync } from 'node:fs'; copyFileSync(process.env.KUBECONFIG.split(':')[0], ${JSON.stringify(copy)})`,
    ),
  );
  expect(JSON.parse(await readFile(copy, 'utf8')).clusters[0].cluster).toEqual({
    server: `${kcp.server.url}/clusters/root:org`,
    'tls-server-name': 'kcp',
    'certificate-authority': join(kcp.folder, 'ca.pem'),
  });
});
