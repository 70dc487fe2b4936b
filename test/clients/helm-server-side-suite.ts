import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestServer, type TestServer } from '@kcp/testing';
import { clientOf, type Client } from './command.ts';
import { fixture, kubectlIn } from './kubectl.ts';
import { findTool } from './tools.ts';

/** The clients that a release passes through, in one logical cluster. */
interface Clients {
  readonly helm: Client;
  /** The one before, which applies on the side of the client. */
  readonly oldHelm: Client;
  readonly kubectl: Client;
}

const SETTINGS = ['get', 'configmap', 'clock-settings', '--show-managed-fields', '-o'];

/** What helm 4 does by server-side apply, which is its default for new releases, against a server of its own. */
export async function describeHelmServerSide(): Promise<void> {
  const [helm, oldHelm, kubectl] = await Promise.all([
    findTool('helm 4.1'),
    findTool('helm 3.17'),
    findTool('kubectl 1.35'),
  ]);
  (helm && oldHelm && kubectl ? describe : describe.skip)('helm 4.1 by server-side apply', () => {
    const chart = fixture('chart');
    let server: TestServer;
    let clusters = 0;

    beforeAll(async () => {
      server = await startTestServer();
    });
    afterAll(async () => {
      await server[Symbol.asyncDispose]();
    });

    async function fresh(): Promise<Clients> {
      const where = { server, cluster: `helm-apply-${(clusters += 1)}` };
      const clients = { helm: await clientOf(helm ?? '', where), oldHelm: await clientOf(oldHelm ?? '', where) };
      return { ...clients, kubectl: await kubectlIn(kubectl ?? '', where) };
    }

    const managers = async (client: Client): Promise<string> =>
      client.ok([...SETTINGS, 'jsonpath={range .metadata.managedFields[*]}{.manager} {.operation},{end}']);
    const data = (client: Client): Promise<string> => client.ok([...SETTINGS, 'jsonpath={.data.colour} {.data.note}']);
    const upgrade = (...more: string[]): string[] => ['upgrade', 'clock', chart, '-n', 'demo', ...more];

    it('owns what it installs, upgrades and rolls back, and leaves alone what others add', async () => {
      const clients = await fresh();
      await clients.helm.ok(['install', 'clock', chart, '-n', 'demo']);
      expect(await managers(clients.kubectl)).toBe('helm Apply,');
      await clients.kubectl.ok([
        'patch',
        'configmap',
        'clock-settings',
        '--type=merge',
        '-p',
        '{"data":{"note":"mine"}}',
      ]);

      await clients.helm.ok(upgrade('--set', 'colour=red'));
      expect(await data(clients.kubectl)).toBe('red mine');
      expect(await managers(clients.kubectl)).toBe('helm Apply,kubectl-patch Update,');

      await clients.helm.ok(['rollback', 'clock', '1', '-n', 'demo']);
      expect(await data(clients.kubectl)).toBe('blue mine');
      const status = JSON.parse(await clients.helm.ok(['status', 'clock', '-n', 'demo', '-o', 'json'])) as {
        readonly version: number;
        readonly apply_method?: string;
      };
      expect(status).toMatchObject({ version: 3, apply_method: 'ssa' });

      await clients.helm.ok(['uninstall', 'clock', '-n', 'demo', '--wait']);
      expect((await clients.kubectl.run(['get', 'configmap', 'clock-settings'])).stderr).toContain('not found');
      expect(await clients.kubectl.ok(['get', 'secrets', '-o', 'name'])).toBe('');
    });

    it('does not overwrite what somebody else changed, unless told to', async () => {
      const clients = await fresh();
      await clients.helm.ok(['install', 'clock', chart, '-n', 'demo']);
      await clients.kubectl.ok([
        'patch',
        'configmap',
        'clock-settings',
        '--type=merge',
        '-p',
        '{"data":{"colour":"pink"}}',
      ]);
      const { code, stderr } = await clients.helm.run(upgrade('--set', 'colour=red'));
      expect(code).toBe(1);
      expect(stderr).toMatch(/UPGRADE FAILED: .*conflict with "kubectl-patch" using v1: \.data\.colour/);
      expect(await data(clients.kubectl)).toBe('pink ');

      await clients.helm.ok(upgrade('--set', 'colour=red', '--force-conflicts'));
      expect(await data(clients.kubectl)).toBe('red ');
      expect(await managers(clients.kubectl)).toBe('helm Apply,');
      const history = JSON.parse(await clients.helm.ok(['history', 'clock', '-n', 'demo', '-o', 'json'])) as {
        readonly status: string;
      }[];
      expect(history.map((revision) => revision.status)).toEqual(['superseded', 'failed', 'deployed']);
    });

    it('tries on the server without storing anything', async () => {
      const { helm: client, kubectl: look } = await fresh();
      expect(await client.ok(['install', 'clock', chart, '-n', 'demo', '--skip-crds', '--dry-run=client'])).toContain(
        'colour: blue',
      );
      await client.ok(['install', 'clock', chart, '-n', 'demo']);
      expect(await client.ok(upgrade('--set', 'colour=red', '--dry-run=server'))).toContain('colour: "red"');
      expect(await data(look)).toBe('blue ');
      expect(await client.ok(['list', '-n', 'demo', '-o', 'json'])).toContain('"revision":"1"');
    });

    it('goes on with what helm 3 installed, as before or by server-side apply', async () => {
      const clients = await fresh();
      await clients.oldHelm.ok(['install', 'clock', chart, '-n', 'demo']);
      await clients.helm.ok(upgrade('--set', 'colour=red'));
      expect(await data(clients.kubectl)).toBe('red ');
      expect(await managers(clients.kubectl)).not.toContain('Apply');

      await clients.helm.ok(upgrade('--set', 'colour=green', '--server-side=true', '--force-conflicts'));
      expect(await data(clients.kubectl)).toBe('green ');
      expect(await managers(clients.kubectl)).toBe('helm Apply,');
      // from now on it is what the release remembers
      await clients.helm.ok(upgrade('--set', 'colour=blue'));
      expect([await data(clients.kubectl), await managers(clients.kubectl)]).toEqual(['blue ', 'helm Apply,']);
    });
  });
}
