import { createRequire } from 'node:module';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { startTestServer, type TestServer } from '@kcp/testing';
import { makeWorkspace } from '../workspaces/fixture.ts';
import { startJsonRpc, type JsonRpcProgram } from './json-rpc.ts';

/** What a tool answered. */
interface ToolResult {
  readonly content: readonly { readonly text?: string }[];
  readonly isError?: boolean;
}

const program = findProgram();

function findProgram(): string | undefined {
  const name = 'kubernetes-mcp-server-linux-amd64';
  try {
    return createRequire(import.meta.url).resolve(`${name}/bin/${name}`);
  } catch {
    process.stderr.write(`not run: tests with the MCP server for Kubernetes: ${name} is not installed\n`);
    return undefined;
  }
}

(program === undefined ? describe.skip : describe)('the MCP server for Kubernetes', () => {
  let server: TestServer;
  let mcp: JsonRpcProgram;

  beforeAll(async () => {
    server = await startTestServer();
    await server.client('mcp').create('/api/v1/namespaces', { metadata: { name: 'demo' } });
    const kubeconfig = await server.kubeconfig('mcp');
    const args = [
      '--kubeconfig',
      kubeconfig,
      '--cluster-provider',
      'disabled',
      '--toolsets',
      'core',
      '--list-output',
      'yaml',
    ];
    mcp = startJsonRpc(program ?? '', args, { HOME: server.folder, PATH: process.env['PATH'] });
    const client = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'test', version: '1' } };
    await mcp.call('initialize', client);
    mcp.notify('notifications/initialized');
  });
  afterAll(async () => {
    await mcp[Symbol.asyncDispose]();
    await server[Symbol.asyncDispose]();
  });

  const configMap = { apiVersion: 'v1', kind: 'ConfigMap' };

  async function use(name: string, parameters: object): Promise<{ readonly text: string; readonly failed: boolean }> {
    const { content, isError = false } = (await mcp.call('tools/call', { name, arguments: parameters })) as ToolResult;
    return { text: content.map(({ text }) => text ?? '').join('\n'), failed: isError };
  }

  it('lists, gets and deletes objects', async () => {
    const path = '/api/v1/namespaces/demo/configmaps';
    await server.client('mcp').create(path, { metadata: { name: 'greeting' }, data: { text: 'hello' } });
    const listed = await use('resources_list', { ...configMap, namespace: 'demo' });
    expect(listed).toMatchObject({ failed: false, text: expect.stringContaining('name: greeting') });
    const got = await use('resources_get', { ...configMap, namespace: 'demo', name: 'greeting' });
    expect(got).toMatchObject({ failed: false, text: expect.stringContaining('text: hello') });
    const gone = await use('resources_delete', { ...configMap, namespace: 'demo', name: 'greeting' });
    expect(gone.failed).toBe(false);
    const missing = await use('resources_get', { ...configMap, namespace: 'demo', name: 'greeting' });
    expect(missing).toMatchObject({ failed: true, text: expect.stringContaining('configmaps "greeting" not found') });
  });

  it('lists namespaces', async () => {
    expect(await use('namespaces_list', {})).toMatchObject({
      failed: false,
      text: expect.stringContaining('name: demo'),
    });
  });

  it('says that a kind is not served', async () => {
    const { failed, text } = await use('resources_list', { apiVersion: 'example.com/v1', kind: 'Widget' });
    expect(failed).toBe(true);
    expect(text).toContain('Widget');
  });

  it('applies on the side of the server', async () => {
    const resource = JSON.stringify({ ...configMap, metadata: { name: 'made', namespace: 'demo' }, data: { a: '1' } });
    const { failed, text } = await use('resources_create_or_update', { resource });
    expect({ failed, text }).toMatchObject({ failed: false, text: expect.stringContaining('name: made') });
  });
});

(program === undefined ? describe.skip : describe)('the MCP server with its provider for kcp', () => {
  it('lists workspaces, and works in one that it is told', async () => {
    await using server = await startTestServer();
    await makeWorkspace(server, 'root', { name: 'org', type: { name: 'organization', path: 'root' } });
    await makeWorkspace(server, 'root:org', { name: 'team' });
    const kubeconfig = await server.kubeconfig('root');
    const args = ['--kubeconfig', kubeconfig, '--cluster-provider', 'kcp', '--toolsets', 'core,kcp'];
    await using mcp = startJsonRpc(program ?? '', args, { HOME: server.folder, PATH: process.env['PATH'] });
    const client = { protocolVersion: '2025-06-18', capabilities: {}, clientInfo: { name: 'test', version: '1' } };
    await mcp.call('initialize', client);
    mcp.notify('notifications/initialized');
    const use = async (name: string, parameters: object): Promise<string> => {
      const { content } = (await mcp.call('tools/call', { name, arguments: parameters })) as ToolResult;
      return content.map(({ text }) => text ?? '').join('\n');
    };
    const listed = await use('kcp_workspaces_list', {});
    expect(listed).toContain('root:org');
    expect(listed).toContain('root:org:team');
    expect(await use('namespaces_list', { workspace: 'root:org:team' })).toContain('default');
  });
});
