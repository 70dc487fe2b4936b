import { copyFile, mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, beforeEach, expect, it } from '@jest/globals';
import { checkTranscript, startTestServer, type TestServer } from '@kcp/testing';
import { pluginDialogue, pluginFolder, runProgram, type PluginPlace } from './plugin-dialogue.ts';

const here = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
/** The kubeconfig of another server whose root has no workspace `kcpapi` yet: kcp, say. */
const elsewhere = process.env['KCP_TEST_WORKSPACES'];

let server: TestServer | undefined;
let place: PluginPlace;
beforeEach(async () => {
  const folder = await mkdtemp(join(tmpdir(), 'kcp-plugin-'));
  const kubeconfig = join(folder, 'config');
  server = elsewhere === undefined ? await startTestServer() : undefined;
  await copyFile((await server?.kubeconfig('root')) ?? elsewhere ?? '', kubeconfig);
  await copyFile(here('crd.yaml'), join(folder, 'crd.yaml'));
  place = { folder, kubeconfig };
});
afterEach(async () => {
  await server?.[Symbol.asyncDispose]();
  await rm(place.folder, { recursive: true, force: true });
});

/** Whether the server has workspaces at all; one line says so where it has not. */
async function hasWorkspaces(): Promise<boolean> {
  const { status } = (await server?.wire('root').request('/apis/tenancy.kcp.io/v1alpha1')) ?? { status: 200 };
  if (status !== 200) process.stderr.write('not run: dialogues about workspaces: the server has none\n');
  return status === 200;
}

it.each(['workspaces.txt', 'workspace-types.txt'])(
  '%s goes with the server as it went with kcp',
  async (name) => {
    if (!(await hasWorkspaces())) return;
    const create = ['kcpapi', '--type', 'root:organization', '--ignore-existing'];
    const { code, err } = await runProgram(`${pluginFolder}/kubectl-create-workspace`, create, place);
    expect([code, err]).toEqual([0, '']);
    const { expected, observed } = await checkTranscript(here(name), pluginDialogue(place));
    expect(observed).toBe(expected);
  },
  180_000,
);
