import { kubeconfigFiles, loadKubeconfig } from '@kcp/client';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { formatContexts } from '../testing/fixture.ts';
import { CURRENT, enterWorkspace, PREVIOUS, swapWorkspaces } from './workspace-contexts.ts';
import { writeChange } from './write-change.ts';

let folder: string;
beforeEach(async () => void (folder = await mkdtemp(join(tmpdir(), 'kcp-write-'))));
afterEach(() => rm(folder, { recursive: true }));

const at = (name: string): string => join(folder, name);
const put = (name: string, content: object): Promise<void> => writeFile(at(name), JSON.stringify(content));
const files = (...names: string[]) => kubeconfigFiles({ variable: names.map(at).join(delimiter), home: folder });
const enter = async (paths: ReturnType<typeof files>, server: string): Promise<void> =>
  writeChange(paths, enterWorkspace(await loadKubeconfig(paths), { server }));

describe('a change of kubeconfig files', () => {
  it('keeps fields nobody knows, and what is in other entries', async () => {
    await writeFile(at('a'), formatContexts('https://kcp'));
    await enter(files('a'), 'https://kcp/clusters/x');
    const text = await readFile(at('a'), 'utf8');
    expect(text.match(/x-kept: "?yes"?/g)).toHaveLength(2);
    const { contexts, currentContext, clusters, users } = await loadKubeconfig(files('a'));
    expect(currentContext).toBe(CURRENT);
    expect(contexts.get(CURRENT)).toMatchObject({ cluster: CURRENT, user: 'me', namespace: 'here' });
    expect(contexts.get(PREVIOUS)).toMatchObject({ cluster: 'root', user: 'me', namespace: 'here' });
    expect(clusters.get(CURRENT)?.server).toBe('https://kcp/clusters/x');
    expect([...users.keys()]).toEqual(['me', 'other']);
    expect((await stat(at('a'))).mode & 0o777).toBe(0o600);
  });

  it('lets two entries change places', async () => {
    await writeFile(at('a'), formatContexts('https://kcp'));
    await enter(files('a'), 'https://kcp/clusters/x');
    await enter(files('a'), 'https://kcp/clusters/y');
    await writeChange(files('a'), swapWorkspaces(await loadKubeconfig(files('a'))));
    const { clusters } = await loadKubeconfig(files('a'));
    expect(clusters.get(CURRENT)?.server).toBe('https://kcp/clusters/x');
    expect(clusters.get(PREVIOUS)?.server).toBe('https://kcp/clusters/y');
  });

  it('goes to the file that the original is in; the current context to the first file that exists', async () => {
    await put('users', { users: [{ name: 'me', user: { token: 't' } }], 'current-context': 'root' });
    await writeFile(at('contexts'), formatContexts('https://kcp'));
    await enter(files('missing', 'users', 'contexts'), 'https://kcp/clusters/x');
    const [first, second] = [await loadKubeconfig(files('users')), await loadKubeconfig(files('contexts'))];
    expect([first.currentContext, first.contexts.size, first.clusters.size]).toEqual([CURRENT, 0, 0]);
    expect([second.currentContext, second.contexts.has(CURRENT)]).toEqual(['root', true]);
    await expect(stat(at('missing'))).rejects.toThrow('ENOENT');
  });

  it('is not hidden by an old entry of the same name in a file that comes first', async () => {
    const old = { clusters: [{ name: CURRENT, cluster: { server: 'https://old' } }] };
    const contexts = [{ name: CURRENT, context: { cluster: CURRENT, user: 'me' } }];
    await put('first', { ...old, contexts, 'current-context': 'root' });
    await writeFile(at('second'), formatContexts('https://kcp'));
    await enter(files('first', 'second'), 'https://kcp/clusters/x');
    const merged = await loadKubeconfig(files('first', 'second'));
    expect(merged.clusters.get(merged.contexts.get(merged.currentContext ?? '')?.cluster ?? '')?.server).toBe(
      'https://kcp/clusters/x',
    );
  });

  it('says so where an entry went away meanwhile, and changes nothing', async () => {
    await writeFile(at('a'), formatContexts('https://kcp'));
    const change = enterWorkspace(await loadKubeconfig(files('a')), { server: 'https://kcp/clusters/x' });
    await put('a', { 'current-context': 'b' });
    await expect(writeChange(files('a'), change)).rejects.toThrow('cluster "root" is not in the kubeconfig any more');
    expect(JSON.parse(await readFile(at('a'), 'utf8'))).toEqual({ 'current-context': 'b' });
  });
});
