import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestServer, type TestServer } from '@kcp/testing';
import { createConfigMap, fixture, kubectlIn } from './kubectl.ts';
import { findTool, type Kubectl } from './tools.ts';
import { clientOf, type Client } from './command.ts';

/** What is said of a ConfigMap that is deleted; newer ones name the namespace. */
const deleted = (name: string): RegExp => new RegExp(`^configmap "${name}" deleted( from demo namespace)?\n$`);

/** What a version of kubectl is used for every day, against a server of its own. */
export async function describeKubectl(version: Kubectl): Promise<void> {
  const program = await findTool(version);
  (program ? describe : describe.skip)(version, () => {
    let server: TestServer;
    let clusters = 0;
    const fresh = (): Promise<Client> => kubectlIn(program ?? '', { server, cluster: `kubectl-${(clusters += 1)}` });

    /** Waits until an object is there; `wait --for=create` came with 1.31. */
    async function comesUp(kubectl: Client, what: string): Promise<void> {
      if (version !== 'kubectl 1.28') return void (await kubectl.ok(['wait', what, '--for=create', '--timeout=20s']));
      await using watch = kubectl.start(['get', what.split('/')[0] ?? '', '-w', '-o', 'name']);
      await watch.until(`${what}\n`);
    }

    beforeAll(async () => {
      server = await startTestServer();
    });
    afterAll(async () => {
      await server[Symbol.asyncDispose]();
    });

    it('applies: creates, leaves as it is, changes, and prunes a key', async () => {
      const kubectl = await fresh();
      const file = fixture('settings.yaml');
      expect(await kubectl.ok(['apply', '-f', file])).toBe('configmap/settings created\n');
      expect(await kubectl.ok(['apply', '-f', file])).toBe('configmap/settings unchanged\n');
      const changed = JSON.stringify({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'settings' },
        data: { colour: 'red' },
      });
      expect(await kubectl.ok(['apply', '-f', '-'], { input: changed })).toBe('configmap/settings configured\n');
      expect(await kubectl.ok(['get', 'configmap', 'settings', '-o', 'jsonpath={.data}'])).toBe('{"colour":"red"}');
    });

    it('says which field of an applied object is unknown', async () => {
      const kubectl = await fresh();
      const input = JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'settings' }, dat: {} });
      const { code, stderr } = await kubectl.run(['apply', '-f', '-'], { input });
      expect(code).toBe(1);
      expect(stderr).toContain('strict decoding error: unknown field "dat"');
    });

    it('creates from the command line', async () => {
      const kubectl = await fresh();
      expect(await kubectl.ok(['create', 'namespace', 'other'])).toBe('namespace/other created\n');
      expect(await kubectl.ok(['create', 'configmap', 'one', '--from-literal=a=1', '--from-literal=b=2'])).toBe(
        'configmap/one created\n',
      );
      expect(await kubectl.ok(['create', 'secret', 'generic', 'two', '--from-literal=password=pear'])).toBe(
        'secret/two created\n',
      );
      expect((await kubectl.run(['create', 'configmap', 'one'])).stderr).toContain('configmaps "one" already exists');
      expect(await kubectl.ok(['get', 'secret', 'two', '--no-headers'])).toMatch(/^two +Opaque +1 +\d+s\n$/);
    });

    it('gets by name, as a table, as YAML, by label', async () => {
      const kubectl = await fresh();
      await createConfigMap(kubectl, 'one', { a: '1', b: '2' });
      expect(await kubectl.ok(['get', 'configmap', 'one', '-o', 'name'])).toBe('configmap/one\n');
      expect((await kubectl.ok(['get', 'configmap', 'one'])).split('\n')[0]).toMatch(/^NAME +DATA +AGE$/);
      expect(await kubectl.ok(['get', 'configmap', 'one', '--no-headers'])).toMatch(/^one +2 +\d+s\n$/);
      expect(await kubectl.ok(['get', 'configmap', 'one', '-o', 'yaml'])).toContain('  a: "1"');
      expect((await kubectl.run(['get', 'configmaps', '-l', 'app=none'])).stderr).toBe(
        'No resources found in demo namespace.\n',
      );
      expect((await kubectl.run(['get', 'configmap', 'three'])).stderr).toContain('configmaps "three" not found');
    });

    it('watches: what is there, what comes, what changes, what goes', async () => {
      const kubectl = await fresh();
      await createConfigMap(kubectl, 'early', { a: '1' });
      await using watch = kubectl.start([
        'get',
        'configmaps',
        '-w',
        '--output-watch-events',
        '-o',
        'jsonpath={.type} {.object.metadata.name} {.object.data.a}{"\\n"}',
      ]);
      await watch.until('ADDED early 1\n');
      await createConfigMap(kubectl, 'late', { a: '2' });
      await watch.until('ADDED late 2\n');
      await kubectl.ok(['patch', 'configmap', 'late', '--type=merge', '-p', '{"data":{"a":"3"}}']);
      await watch.until('MODIFIED late 3\n');
      await kubectl.ok(['delete', 'configmap', 'early']);
      await watch.until('DELETED early 1\n');
    });

    it('edits what an editor writes back', async () => {
      const kubectl = await fresh();
      await kubectl.ok(['apply', '-f', fixture('settings.yaml')]);
      const editor = join(server.folder, 'editor.sh');
      await writeFile(editor, '#!/bin/sh\nsed -i -e "s/colour: blue/colour: green/" "$1"\n', { mode: 0o755 });
      expect(await kubectl.ok(['edit', 'configmap', 'settings'], { environment: { KUBE_EDITOR: editor } })).toBe(
        'configmap/settings edited\n',
      );
      expect(await kubectl.ok(['get', 'configmap', 'settings', '-o', 'jsonpath={.data.colour}'])).toBe('green');
    });

    it.each([
      ['merge', '{"data":{"size":null,"shape":"round"}}', '{"colour":"blue","shape":"round"}'],
      ['strategic', '{"data":{"colour":"red"}}', '{"colour":"red","size":"3"}'],
      ['json', '[{"op":"replace","path":"/data/size","value":"4"}]', '{"colour":"blue","size":"4"}'],
    ])('patches with %s', async (type, patch, data) => {
      const kubectl = await fresh();
      await kubectl.ok(['apply', '-f', fixture('settings.yaml')]);
      expect(await kubectl.ok(['patch', 'configmap', 'settings', `--type=${type}`, '-p', patch])).toBe(
        'configmap/settings patched\n',
      );
      expect(await kubectl.ok(['get', 'configmap', 'settings', '-o', 'jsonpath={.data}'])).toBe(data);
    });

    it('labels and annotates, and overwrites only when told', async () => {
      const kubectl = await fresh();
      await kubectl.ok(['apply', '-f', fixture('settings.yaml')]);
      expect(await kubectl.ok(['label', 'configmap', 'settings', 'tier=front'])).toBe('configmap/settings labeled\n');
      expect((await kubectl.run(['label', 'configmap', 'settings', 'tier=back'])).stderr).toContain(
        "'tier' already has a value (front), and --overwrite is false",
      );
      expect(await kubectl.ok(['label', 'configmap', 'settings', 'tier=back', '--overwrite'])).toBe(
        'configmap/settings labeled\n',
      );
      expect(await kubectl.ok(['get', 'configmaps', '-l', 'tier in (back)', '-o', 'name'])).toBe(
        'configmap/settings\n',
      );
      expect(await kubectl.ok(['label', 'configmap', 'settings', 'tier-'])).toBe('configmap/settings unlabeled\n');
      expect(await kubectl.ok(['annotate', 'configmap', 'settings', 'note=hello'])).toBe(
        'configmap/settings annotated\n',
      );
      expect((await kubectl.run(['label', 'configmap', 'settings', 'tier=not valid!'])).code).toBe(1);
    });

    it('explains built-in kinds', async () => {
      const kubectl = await fresh();
      const text = await kubectl.ok(['explain', 'configmap.data']);
      expect(text).toMatch(/^KIND: +ConfigMap\nVERSION: +v1\n/);
      expect(text).toContain('FIELD: data <map[string]string>');
      expect(await kubectl.ok(['explain', 'namespaces', '--recursive'])).toContain('finalizers');
    });

    it('lists the resources that are served', async () => {
      const kubectl = await fresh();
      const names = (await kubectl.ok(['api-resources', '-o', 'name'])).split('\n');
      expect(names).toEqual(
        expect.arrayContaining([
          'configmaps',
          'namespaces',
          'secrets',
          'serviceaccounts',
          'leases.coordination.k8s.io',
          'roles.rbac.authorization.k8s.io',
          'customresourcedefinitions.apiextensions.k8s.io',
        ]),
      );
      expect(await kubectl.ok(['api-resources', '--namespaced=false', '--no-headers', '--api-group='])).toMatch(
        /^namespaces +ns +v1 +false +Namespace$/m,
      );
      expect((await kubectl.ok(['api-versions'])).split('\n')).toEqual(
        expect.arrayContaining(['v1', 'rbac.authorization.k8s.io/v1']),
      );
    });

    it('shows the difference that an apply would make, and makes none', async () => {
      const kubectl = await fresh();
      await kubectl.ok(['apply', '-f', fixture('settings.yaml')]);
      expect((await kubectl.run(['diff', '-f', fixture('settings.yaml')])).code).toBe(0);
      const input = JSON.stringify({
        apiVersion: 'v1',
        kind: 'ConfigMap',
        metadata: { name: 'settings' },
        data: { colour: 'red', size: '3' },
      });
      const { code, stdout } = await kubectl.run(['diff', '-f', '-'], { input });
      expect(stdout).toContain('-  colour: blue\n+  colour: red\n');
      expect(code).toBe(1);
      expect(await kubectl.ok(['get', 'configmap', 'settings', '-o', 'jsonpath={.data.colour}'])).toBe('blue');
    });

    it('asks what it may do, as itself and as another', async () => {
      // root lets everybody in who is authenticated: what is left to decide are its own roles
      const kubectl = await kubectlIn(program ?? '', { server, cluster: 'root' });
      const may = async (...args: string[]): Promise<string | undefined> =>
        (await kubectl.run(['auth', 'can-i', ...args])).stdout.trim().split(' ')[0];
      expect(await may('delete', 'namespaces')).toBe('yes');
      expect(await may('get', 'configmaps', '--as=somebody')).toBe('no');
      await kubectl.ok(['create', 'role', 'reader', '--verb=get,list', '--resource=configmaps']);
      await kubectl.ok(['create', 'rolebinding', 'reader', '--role=reader', '--user=somebody']);
      expect(await may('get', 'configmaps', '--as=somebody')).toBe('yes');
      expect(await may('get', 'configmaps', '--as=somebody', '-n', 'other')).toBe('no');
      expect(await kubectl.ok(['auth', 'can-i', '--list', '--as=somebody'])).toMatch(
        /^configmaps +\[\] +\[\] +\[get list\]$/m,
      );
      expect(await kubectl.ok(['auth', 'whoami', '-o', 'jsonpath={.status.userInfo.username}'])).toBe('admin');
    });

    it('waits for a value and for the end of an object', async () => {
      const kubectl = await fresh();
      await kubectl.ok(['apply', '-f', fixture('settings.yaml')]);
      const value = kubectl.ok(['wait', 'configmap/settings', '--for=jsonpath={.data.colour}=red', '--timeout=20s']);
      await kubectl.ok(['patch', 'configmap', 'settings', '--type=merge', '-p', '{"data":{"colour":"red"}}']);
      expect(await value).toBe('configmap/settings condition met\n');
      const gone = kubectl.ok(['wait', 'configmap/settings', '--for=delete', '--timeout=20s']);
      await kubectl.ok(['delete', 'configmap', 'settings']);
      await gone;
    });

    it('deletes: one, by label, all, and a namespace with what is in it', async () => {
      const kubectl = await fresh();
      for (const name of ['a', 'b', 'c']) await createConfigMap(kubectl, name);
      await kubectl.ok(['label', 'configmap', 'b', 'app=x']);
      expect(await kubectl.ok(['delete', 'configmap', 'a'])).toMatch(deleted('a'));
      expect(await kubectl.ok(['delete', 'configmaps', '-l', 'app=x'])).toMatch(deleted('b'));
      expect(await kubectl.ok(['delete', 'configmap', 'a', '--ignore-not-found'])).toBe('');
      expect(await kubectl.ok(['delete', 'namespace', 'demo', '--timeout=20s'])).toBe('namespace "demo" deleted\n');
      expect((await kubectl.run(['get', 'namespace', 'demo'])).stderr).toContain('namespaces "demo" not found');
    });

    it('gives every namespace its default account', async () => {
      const kubectl = await fresh();
      for (const what of ['serviceaccount/default', 'configmap/kube-root-ca.crt']) await comesUp(kubectl, what);
      expect(await kubectl.ok(['create', 'token', 'default'])).toMatch(/^[\w-]+\.[\w-]+\.[\w-]+$/);
    });

    it('sees nothing of another logical cluster', async () => {
      const [one, other] = [await fresh(), await fresh()];
      await createConfigMap(one, 'mine');
      expect((await other.run(['get', 'configmap', 'mine'])).stderr).toContain('not found');
      const everywhere = await clientOf(program ?? '', { server, cluster: '*' });
      // the path of the server's URL counts for --raw since 1.34
      const prefix = version === 'kubectl 1.35' ? '' : '/clusters/*';
      const all = await everywhere.ok(['get', '--raw', `${prefix}/api/v1/configmaps`]);
      expect(all).toContain('"name":"mine"');
    });
  });
}
