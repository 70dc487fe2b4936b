import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestServer, type TestServer } from '@kcp/testing';
import type { Client, Outcome } from './command.ts';
import { fixture, kubectlIn } from './kubectl.ts';
import { findTool, type Kubectl } from './tools.ts';

/** A ConfigMap as somebody writes it. */
function configMap(data: Readonly<Record<string, string>>): string {
  return JSON.stringify({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'shared' }, data });
}

const HOW_TO_RESOLVE = /\nPlease review the fields above--they currently have other managers\. .*--force-conflicts/s;
const MANAGERS = '{range .metadata.managedFields[*]}{.manager} {.operation},{end}';
const LAST_APPLIED = '{.metadata.annotations.kubectl\\.kubernetes\\.io/last-applied-configuration}';

/** What `kubectl apply --server-side` of a version does, against a server of its own. */
export async function describeServerSideApply(version: Kubectl): Promise<void> {
  const program = await findTool(version);
  (program ? describe : describe.skip)(`${version} apply --server-side`, () => {
    let server: TestServer;
    let clusters = 0;

    beforeAll(async () => {
      server = await startTestServer();
    });
    afterAll(async () => {
      await server[Symbol.asyncDispose]();
    });

    const fresh = (): Promise<Client> => kubectlIn(program ?? '', { server, cluster: `apply-${(clusters += 1)}` });
    const apply = (kubectl: Client, data: Readonly<Record<string, string>>, ...more: string[]): Promise<Outcome> =>
      kubectl.run(['apply', '--server-side', ...more, '-f', '-'], { input: configMap(data) });
    const read = (kubectl: Client, path: string): Promise<string> =>
      kubectl.ok(['get', 'configmap', 'shared', '--show-managed-fields', '-o', `jsonpath=${path}`]);
    const applied = { code: 0, stdout: 'configmap/shared serverside-applied\n', stderr: '' };

    it('makes an object, leaves it as it is, and takes a key away that is left out', async () => {
      const kubectl = await fresh();
      expect(await apply(kubectl, { a: '1', b: '1' })).toEqual(applied);
      const before = await read(kubectl, '{.metadata.resourceVersion}');
      expect(await apply(kubectl, { a: '1', b: '1' })).toEqual(applied);
      expect(await read(kubectl, '{.metadata.resourceVersion}')).toBe(before);
      expect(await apply(kubectl, { b: '1' })).toEqual(applied);
      expect(await read(kubectl, '{.data}')).toBe('{"b":"1"}');
      expect(await read(kubectl, MANAGERS)).toBe('kubectl Apply,');
      expect(await read(kubectl, LAST_APPLIED)).toBe('');
    });

    it('says whose fields are in conflict, and how to go on', async () => {
      const kubectl = await fresh();
      await apply(kubectl, { a: '1', b: '1' }, '--field-manager=one');
      const single = await apply(kubectl, { a: '2', c: '2' }, '--field-manager=two');
      expect([single.code, single.stdout]).toEqual([1, '']);
      expect(single.stderr).toMatch(/^error: Apply failed with 1 conflict: conflict with "one": \.data\.a\n/);
      expect(single.stderr).toMatch(HOW_TO_RESOLVE);
      const double = await apply(kubectl, { a: '2', b: '2' }, '--field-manager=two');
      expect(double.stderr).toMatch(
        /^error: Apply failed with 2 conflicts: conflicts with "one":\n- \.data\.a\n- \.data\.b\n/,
      );
      expect(await read(kubectl, '{.data}')).toBe('{"a":"1","b":"1"}');
    });

    it('takes fields over when told to, and shares those on whose value there is no quarrel', async () => {
      const kubectl = await fresh();
      await apply(kubectl, { a: '1', b: '1' }, '--field-manager=one');
      expect(await apply(kubectl, { a: '2', b: '1' }, '--field-manager=two', '--force-conflicts')).toEqual(applied);
      expect(await read(kubectl, '{.data}')).toBe('{"a":"2","b":"1"}');
      // the first one owns b only, and so does the second one: it goes when both leave it out
      expect(await apply(kubectl, { a: '2' }, '--field-manager=two')).toEqual(applied);
      expect(await read(kubectl, '{.data}')).toBe('{"a":"2","b":"1"}');
      expect(await apply(kubectl, {}, '--field-manager=one')).toEqual(applied);
      expect(await read(kubectl, '{.data}')).toBe('{"a":"2"}');
    });

    it('names who changed a field without applying it', async () => {
      const kubectl = await fresh();
      await apply(kubectl, { a: '1', b: '1' });
      await kubectl.ok(['patch', 'configmap', 'shared', '--type=merge', '-p', '{"data":{"a":"9"}}']);
      expect(await read(kubectl, MANAGERS)).toBe('kubectl Apply,kubectl-patch Update,');
      const { stderr } = await apply(kubectl, { a: '1', b: '1' });
      expect(stderr).toContain('conflict with "kubectl-patch" using v1: .data.a\n');
    });

    it('tries on the server without storing anything', async () => {
      const kubectl = await fresh();
      const tried = { ...applied, stdout: 'configmap/shared serverside-applied (server dry run)\n' };
      expect(await apply(kubectl, { a: '1' }, '--dry-run=server')).toEqual(tried);
      expect((await kubectl.run(['get', 'configmap', 'shared'])).stderr).toContain('not found');
      await apply(kubectl, { a: '1' }, '--field-manager=one');
      const refused = await apply(kubectl, { a: '2' }, '--dry-run=server');
      expect([refused.code, refused.stderr]).toEqual([1, expect.stringContaining('conflict with "one": .data.a')]);
      const shown = await apply(kubectl, { a: '2' }, '--dry-run=server', '--force-conflicts', '-o=jsonpath={.data.a}');
      expect([shown.stdout, await read(kubectl, '{.data.a}')]).toEqual(['2', '1']);
    });

    it('shows the difference that it would make', async () => {
      const kubectl = await fresh();
      const diff = (data: Readonly<Record<string, string>>, ...more: string[]): Promise<Outcome> =>
        kubectl.run(['diff', '--server-side', ...more, '-f', '-'], { input: configMap(data) });
      expect(await diff({ a: '1' })).toMatchObject({ code: 1, stdout: expect.stringContaining('+  a: "1"\n') });
      await apply(kubectl, { a: '1', b: '1' });
      expect(await diff({ a: '1', b: '1' })).toMatchObject({ code: 0, stdout: '' });
      const { code, stdout } = await diff({ a: '2' });
      expect([code, stdout]).toEqual([1, expect.stringMatching(/^-  a: "1"\n-  b: "1"\n\+  a: "2"\n/m)]);
      expect((await diff({ a: '2' }, '--field-manager=two')).code).toBeGreaterThan(1);
      expect((await diff({ a: '2' }, '--field-manager=two', '--force-conflicts')).stdout).toContain('+  a: "2"\n');
      expect(await read(kubectl, '{.data}')).toBe('{"a":"1","b":"1"}');
    });

    it('goes on from what was applied on the side of the client, and back', async () => {
      const kubectl = await fresh();
      const byClient = (data: Readonly<Record<string, string>>): Promise<Outcome> =>
        kubectl.run(['apply', '-f', '-'], { input: configMap(data) });
      expect(await byClient({ a: '1', b: '1' })).toMatchObject({ stdout: 'configmap/shared created\n' });
      expect(await read(kubectl, MANAGERS)).toBe('kubectl-client-side-apply Update,');

      expect(await apply(kubectl, { a: '2' })).toEqual(applied);
      expect(await read(kubectl, '{.data}')).toBe('{"a":"2"}');
      // kubectl hands its own fields over; it still owns the annotation, under another name
      expect(await read(kubectl, MANAGERS)).toBe('kubectl-last-applied Apply,kubectl Apply,');
      // the server keeps the annotation up to date for those who still apply on the side of the client
      expect(JSON.parse(await read(kubectl, LAST_APPLIED))).toMatchObject({ data: { a: '2' } });

      expect(await byClient({ c: '3' })).toMatchObject({ code: 0, stdout: 'configmap/shared configured\n' });
      expect(await read(kubectl, '{.data}')).toBe('{"c":"3"}');
      expect(await read(kubectl, MANAGERS)).toBe('kubectl-client-side-apply Update,');
    });

    it('applies definitions and what they define, several to a file', async () => {
      const kubectl = await fresh();
      const files = ['-f', fixture('widget-crd.yaml'), '-f', fixture('settings.yaml')];
      expect(await kubectl.ok(['apply', '--server-side', ...files])).toBe(
        'customresourcedefinition.apiextensions.k8s.io/widgets.example.com serverside-applied\n' +
          'configmap/settings serverside-applied\n',
      );
      await kubectl.ok(['wait', 'crd/widgets.example.com', '--for=condition=Established', '--timeout=20s']);
      const widget = (size: number, ...more: string[]): Promise<Outcome> =>
        kubectl.run(['apply', '--server-side', ...more, '-f', '-'], {
          input: JSON.stringify({
            apiVersion: 'example.com/v1',
            kind: 'Widget',
            metadata: { name: 'w' },
            spec: { size },
          }),
        });
      expect(await widget(3, '--field-manager=one')).toMatchObject({
        stdout: 'widget.example.com/w serverside-applied\n',
      });
      expect((await widget(4)).stderr).toContain('conflict with "one": .spec.size');
      expect((await widget(0, '--force-conflicts')).stderr).toContain('should be greater than or equal to 1');
      await kubectl.ok(['scale', 'widget', 'w', '--replicas=7']);
      expect((await widget(3, '--field-manager=one')).stderr).toMatch(
        /conflict with "kubectl[^"]*" with subresource "scale" using example\.com\/v1: \.spec\.size/,
      );
    });

    it('prunes what left an apply set', async () => {
      const kubectl = await fresh();
      const environment = { KUBECTL_APPLYSET: 'true' };
      const set = (...names: string[]): Promise<Outcome> => {
        const items = names.map((name) => ({ apiVersion: 'v1', kind: 'ConfigMap', metadata: { name } }));
        const input = JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
        const args = ['apply', '--server-side', '--prune', '--applyset=set', '--namespace=demo', '-f', '-'];
        return kubectl.run(args, { input, environment });
      };
      expect(await set('a', 'b')).toMatchObject({ code: 0 });
      expect((await set('b', 'c')).stdout).toBe(
        'configmap/b serverside-applied\nconfigmap/c serverside-applied\nconfigmap/a pruned\n',
      );
    });
  });
}
