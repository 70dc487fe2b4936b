import { copyFile, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { formatContexts, startWorkspaceServer, type WorkspaceServer } from '@kcp/cli/testing';
import { checkTranscript } from '@kcp/testing';
import { findTool } from '../clients/tools.ts';
import { pluginDialogue, pluginFolder, runProgram } from './plugin-dialogue.ts';

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
/** Set, what is observed is written into the files: read the difference before you commit it. */
const update = process.env['UPDATE_TRANSCRIPTS'] !== undefined;

let server: WorkspaceServer;
let folder: string;
let kubeconfig: string;
beforeEach(async () => {
  server = await startWorkspaceServer();
  server.readyAtOnce = true;
  server.add('root:kcpapi', 'root:organization');
  folder = await mkdtemp(join(tmpdir(), 'kcp-plugin-'));
  kubeconfig = join(folder, 'config');
  await writeFile(kubeconfig, formatContexts(server.url));
  await copyFile(here('crd.yaml'), join(folder, 'crd.yaml'));
});
afterEach(async () => {
  await server[Symbol.asyncDispose]();
  await rm(folder, { recursive: true, force: true });
});

it("the plugin's programs say what kcp's own say", async () => {
  const { expected, observed } = await checkTranscript(here('workspaces.txt'), pluginDialogue({ folder, kubeconfig }), {
    update,
  });
  expect(observed).toBe(expected);
}, 120_000);

describe('kubectl', () => {
  it('finds the plugin by all its names, and asks it what words may become', async () => {
    const kubectl = await findTool('kubectl 1.35');
    if (kubectl === undefined) return;
    const run = async (...args: string[]) => (await runProgram(kubectl, args, { folder, kubeconfig })).out.trimEnd();
    expect(await run('ws', 'kcpapi')).toBe("Current workspace is 'root:kcpapi' (type root:organization).");
    expect(await run('create', 'workspace', 'a')).toContain('Workspace "a" (type root:universal) is ready to use.');
    expect(await run('create-workspace', 'b')).toContain('Workspace "b" (type root:universal) is ready to use.');
    expect(await run('kcp', 'ws', '.', '--short')).toBe('root:kcpapi');
    expect(await run('workspaces', 'tree')).toContain('└── kcpapi\n    ├── a\n    └── b');
    expect(await run('__complete', 'ws', 'use', ':root:kcpapi:')).toBe(':root:kcpapi:a\n:root:kcpapi:b\n:4');
    expect(await run('ws', 'exec', 'a', '--', kubectl, 'config', 'view', '--minify', '-o', 'jsonpath={..server}')).toBe(
      `${server.url}/clusters/root:kcpapi:a`,
    );
  }, 120_000);
});

it('says its version', async () => {
  const { out } = await runProgram(`${pluginFolder}/kubectl-kcp`, ['--version'], { folder, kubeconfig });
  expect(out).toMatch(/^kubectl kcp version \d+\.\d+\.\d+\n$/);
});

describe('a line that is wrong', () => {
  const run = (program: string, ...args: string[]) =>
    runProgram(`${pluginFolder}/${program}`, args, { folder, kubeconfig });

  it("ends with 1, and is told as kcp's own plugin tells it", async () => {
    expect(await run('kubectl-ws', 'tree', '--bogus')).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^Error: unknown flag: --bogus/),
    });
    expect(await run('kubectl-kcp', 'nosuch')).toMatchObject({
      code: 1,
      err: 'error: unknown command "nosuch" for "kubectl kcp"\n',
    });
    expect(await run('kubectl-create-workspace')).toMatchObject({
      code: 1,
      err: expect.stringMatching(/^Error: accepts 1 arg\(s\), received 0\n/),
    });
    expect(await run('kubectl-ws', 'tree', '-i')).toMatchObject({
      code: 1,
      err: expect.stringContaining('-i) is not supported'),
    });
  });

  it('shows its help where it has too many words, which is no error', async () => {
    expect(await run('kubectl-ws', 'a', 'b')).toMatchObject({
      code: 0,
      out: expect.stringContaining('Usage:\n  kubectl ws'),
    });
  });

  it('says what to do about a server that is not there', async () => {
    await writeFile(kubeconfig, formatContexts('https://127.0.0.1:1'));
    const { code, err } = await run('kubectl-ws', 'a');
    expect([code, err]).toEqual([1, expect.stringContaining('Is the server running')]);
  });
});
