import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestServer, type TestServer } from '@kcp/testing';
import { clientOf, type Client } from './command.ts';
import { fixture, kubectlIn } from './kubectl.ts';
import { findTool, type Helm } from './tools.ts';

/** The life of a chart with a version of helm, against a server of its own. */
export async function describeHelm(version: Helm): Promise<void> {
  const helm = await findTool(version);
  const kubectl = await findTool('kubectl 1.35');
  (helm && kubectl ? describe : describe.skip)(version, () => {
    let server: TestServer;
    let clusters = 0;

    beforeAll(async () => {
      server = await startTestServer();
    });
    afterAll(async () => {
      await server[Symbol.asyncDispose]();
    });

    async function fresh(): Promise<{ helm: Client; kubectl: Client }> {
      const where = { server, cluster: `helm-${(clusters += 1)}` };
      // helm first: making a client writes the kubeconfig, whose namespace the other one sets
      const helmClient = await clientOf(helm ?? '', where);
      return { helm: helmClient, kubectl: await kubectlIn(kubectl ?? '', where) };
    }

    const chart = fixture('chart');
    const gadget = ['get', 'gadget', 'clock', '-o', 'jsonpath={.spec.size} {.spec.colour}'];
    const settings = ['get', 'configmap', 'clock-settings', '-o', 'jsonpath={.data.colour} {.data.revision}'];

    it('installs, upgrades, rolls back and uninstalls a chart with a definition', async () => {
      const { helm, kubectl } = await fresh();
      expect(await helm.ok(['install', 'clock', chart, '-n', 'demo'])).toContain('STATUS: deployed');
      expect(await kubectl.ok(gadget)).toBe('12 blue');
      expect(await kubectl.ok(settings)).toBe('blue 1');

      expect(
        await helm.ok(['upgrade', 'clock', chart, '-n', 'demo', '--set', 'size=24', '--set', 'colour=red']),
      ).toContain('REVISION: 2');
      expect(await kubectl.ok(gadget)).toBe('24 red');
      expect(await kubectl.ok(settings)).toBe('red 2');

      expect(await helm.ok(['rollback', 'clock', '1', '-n', 'demo'])).toContain('Rollback was a success');
      expect(await kubectl.ok(gadget)).toBe('12 blue');
      const history = JSON.parse(await helm.ok(['history', 'clock', '-n', 'demo', '-o', 'json'])) as {
        status: string;
      }[];
      expect(history.map(({ status }) => status)).toEqual(['superseded', 'superseded', 'deployed']);

      expect(await helm.ok(['uninstall', 'clock', '-n', 'demo'])).toContain('release "clock" uninstalled');
      expect((await kubectl.run(gadget)).stderr).toContain('gadgets.example.com "clock" not found');
      expect(await helm.ok(['list', '-n', 'demo', '-q'])).toBe('');
      expect(await kubectl.ok(['get', 'crd', 'gadgets.example.com', '-o', 'name'])).toContain('gadgets.example.com');
    });

    it('installs into a namespace that it makes, and says what the server refuses', async () => {
      const { helm, kubectl } = await fresh();
      await helm.ok(['install', 'clock', chart, '-n', 'made', '--create-namespace', '--wait']);
      expect(await kubectl.ok([...gadget, '-n', 'made'])).toBe('12 blue');
      const { code, stderr } = await helm.run(['upgrade', 'clock', chart, '-n', 'made', '--set', 'size=0']);
      expect(code).toBe(1);
      expect(stderr).toContain('spec.size in body should be greater than or equal to 1');
    });
  });
}
