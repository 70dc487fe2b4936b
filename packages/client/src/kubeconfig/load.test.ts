import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { inClusterConnection } from './in-cluster.ts';
import { kubeconfigFiles, loadKubeconfig } from './load.ts';

let folder: string;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kubeconfig-'));
});
afterEach(() => rm(folder, { recursive: true }));

const write = async (name: string, content: object | string): Promise<string> => {
  const path = join(folder, name);
  await writeFile(path, typeof content === 'string' ? content : JSON.stringify(content));
  return path;
};

describe('which files are read', () => {
  it('is one that is named, then those of the variable, then the one in the home folder', () => {
    const variable = ['/a', '', '/b', '/a'].join(delimiter);
    expect(kubeconfigFiles({ explicit: '/x', variable, home: '/h' })).toEqual({ paths: ['/x'], required: true });
    expect(kubeconfigFiles({ variable, home: '/h' })).toEqual({ paths: ['/a', '/b'], required: false });
    expect(kubeconfigFiles({ variable: '', home: '/h' })).toEqual({ paths: ['/h/.kube/config'], required: false });
  });
});

describe('several files', () => {
  it('are one: the first to name an entry wins, all of the entry', async () => {
    const one = await write('one', {
      users: [{ name: 'red', user: { token: 'first' } }],
      clusters: [{ name: 'c', cluster: { server: 'https://one' } }],
    });
    const two = await write('two', {
      'current-context': 'two',
      users: [
        { name: 'red', user: { username: 'second', password: 'p' } },
        { name: 'blue', user: { tokenFile: 'token' } },
      ],
      contexts: [{ name: 'two', context: { cluster: 'c', user: 'red' } }],
    });
    const config = await loadKubeconfig({ paths: [one, join(folder, 'missing'), two], required: false });
    expect(config.currentContext).toBe('two');
    expect(config.users.get('red')).toMatchObject({ token: 'first', username: undefined, file: one });
    expect(config.users.get('blue')).toMatchObject({ tokenFile: join(folder, 'token'), file: two });
    expect(config.clusters.get('c')).toMatchObject({ server: 'https://one' });
  });

  it('are none where none is there', async () => {
    expect((await loadKubeconfig({ paths: [join(folder, 'none')], required: false })).contexts.size).toBe(0);
  });

  it('name the one that is wrong', async () => {
    const path = await write('bad', 'users: 1');
    await expect(loadKubeconfig({ paths: [path], required: true })).rejects.toThrow(`${path}: users: must be a list`);
    const missing = join(folder, 'missing');
    await expect(loadKubeconfig({ paths: [missing], required: true })).rejects.toThrow(
      `${missing}: cannot be read (ENOENT)`,
    );
    await expect(loadKubeconfig({ paths: [folder], required: false })).rejects.toThrow('cannot be read (EISDIR)');
  });
});

describe('a pod', () => {
  it('finds its server by the service account’s files', async () => {
    await write('token', 'abc\n');
    await write('ca.crt', 'CA');
    await write('namespace', 'team\n');
    expect(await inClusterConnection({ host: '10.0.0.1', port: '443', folder })).toEqual({
      server: 'https://10.0.0.1:443',
      authority: { kind: 'file', path: join(folder, 'ca.crt') },
      credential: { kind: 'token-file', path: join(folder, 'token'), token: 'abc' },
      namespace: 'team',
    });
    expect(await inClusterConnection({ host: 'fd00::1', port: '443', folder })).toMatchObject({
      server: 'https://[fd00::1]:443',
    });
  });

  it('is told apart from what is none', async () => {
    await expect(inClusterConnection({ host: undefined, port: '1' })).rejects.toThrow('KUBERNETES_SERVICE_HOST');
    await expect(inClusterConnection({ host: 'h', port: undefined })).rejects.toThrow('KUBERNETES_SERVICE_PORT');
    await expect(inClusterConnection({ host: 'h', port: '1', folder })).rejects.toThrow('there is no token');
  });
});
