import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestServer, type TestServer } from '@kcp/testing';
import type { Client } from './command.ts';
import { fixture, kubectlIn } from './kubectl.ts';
import { findTool, type Kubectl } from './tools.ts';

/** What a version of kubectl does with definitions and custom resources, against a server of its own. */
export async function describeCustomResources(version: Kubectl): Promise<void> {
  const program = await findTool(version);
  (program ? describe : describe.skip)(`${version} and custom resources`, () => {
    let server: TestServer;
    let clusters = 0;

    beforeAll(async () => {
      server = await startTestServer();
    });
    afterAll(async () => {
      await server[Symbol.asyncDispose]();
    });

    async function withWidgets(): Promise<Client> {
      const kubectl = await kubectlIn(program ?? '', { server, cluster: `widgets-${(clusters += 1)}` });
      await kubectl.ok(['apply', '-f', fixture('widget-crd.yaml')]);
      await kubectl.ok(['wait', 'crd/widgets.example.com', '--for=condition=Established', '--timeout=20s']);
      return kubectl;
    }

    it('serves a kind from the moment that its definition is established', async () => {
      const kubectl = await withWidgets();
      expect(await kubectl.ok(['apply', '-f', fixture('widget.yaml')])).toBe('widget.example.com/clock created\n');
      expect(await kubectl.ok(['apply', '-f', fixture('widget.yaml')])).toBe('widget.example.com/clock unchanged\n');
      expect(await kubectl.ok(['get', 'wd'])).toMatch(/^NAME +SIZE +COLOUR\nclock +12 +grey\n$/);
      expect(await kubectl.ok(['get', 'all', '-o', 'name'])).toBe('widget.example.com/clock\n');
      expect(await kubectl.ok(['api-resources', '--api-group=example.com', '--no-headers'])).toMatch(
        /^widgets +wd +example\.com\/v1 +true +Widget\n$/,
      );
      expect(await kubectl.ok(['delete', 'widget', 'clock'])).toMatch(
        /^widget.example.com "clock" deleted( from demo namespace)?\n$/,
      );
    });

    it('refuses what the schema refuses, in the words of the field', async () => {
      const kubectl = await withWidgets();
      const widget = (spec: object): string =>
        JSON.stringify({ apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'bad' }, spec });
      expect((await kubectl.run(['create', '-f', '-'], { input: widget({ size: 0 }) })).stderr).toBe(
        'The Widget "bad" is invalid: spec.size: Invalid value: 0: spec.size in body should be greater than or equal to 1\n',
      );
      expect((await kubectl.run(['create', '-f', '-'], { input: widget({}) })).stderr).toBe(
        'The Widget "bad" is invalid: spec.size: Required value\n',
      );
      expect((await kubectl.run(['create', '-f', '-'], { input: widget({ size: 1, sise: 2 }) })).stderr).toContain(
        'strict decoding error: unknown field "spec.sise"',
      );
    });

    it('keeps status and scale apart from the spec', async () => {
      const kubectl = await withWidgets();
      await kubectl.ok(['apply', '-f', fixture('widget.yaml')]);
      await kubectl.ok(['patch', 'widget', 'clock', '--type=merge', '-p', '{"status":{"assembled":5}}']);
      expect(await kubectl.ok(['get', 'widget', 'clock', '-o', 'jsonpath={.status}'])).toBe('');
      const ready = kubectl.ok(['wait', 'widget/clock', '--for=condition=Ready', '--timeout=20s']);
      const status = '{"status":{"assembled":5,"conditions":[{"type":"Ready","status":"True"}]}}';
      await kubectl.ok(['patch', 'widget', 'clock', '--subresource=status', '--type=merge', '-p', status]);
      expect(await ready).toBe('widget.example.com/clock condition met\n');
      expect(await kubectl.ok(['scale', 'widget', 'clock', '--replicas=7'])).toBe('widget.example.com/clock scaled\n');
      expect(
        await kubectl.ok([
          'get',
          'widget',
          'clock',
          '-o',
          'jsonpath={.spec.size} {.metadata.generation} {.status.assembled}',
        ]),
      ).toBe('7 2 5');
    });

    it('explains custom kinds', async () => {
      const kubectl = await withWidgets();
      const text = await kubectl.ok(['explain', 'widget.spec.size']);
      expect(text).toContain('FIELD: size <integer>');
      expect(text).toContain('How many parts there are.');
    });

    it('takes the objects away with their definition', async () => {
      const kubectl = await withWidgets();
      await kubectl.ok(['apply', '-f', fixture('widget.yaml')]);
      expect(await kubectl.ok(['delete', 'crd', 'widgets.example.com', '--timeout=20s'])).toContain(
        '"widgets.example.com" deleted',
      );
      expect((await kubectl.run(['get', 'widgets'])).stderr).toContain(
        'the server could not find the requested resource',
      );
      await kubectl.ok(['apply', '-f', fixture('widget-crd.yaml')]);
      await kubectl.ok(['wait', 'crd/widgets.example.com', '--for=condition=Established', '--timeout=20s']);
      expect(await kubectl.ok(['get', 'widgets', '-o', 'name'])).toBe('');
    });

    it('has its own definitions in every logical cluster', async () => {
      const kubectl = await withWidgets();
      const other = await kubectlIn(program ?? '', { server, cluster: 'no-widgets' });
      await kubectl.ok(['apply', '-f', fixture('widget.yaml')]);
      expect((await other.run(['get', 'widgets'])).stderr).toContain(
        `the server doesn't have a resource type "widgets"`,
      );
    });
  });
}
