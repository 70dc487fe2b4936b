import { startWorkspaceServer } from './testing/workspace-server.ts';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { writeFile } from 'node:fs/promises';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { noOverrides, openFixture, type Fixture } from './testing/fixture.ts';
import { currentWorkspace } from './session.ts';

let kcp: Fixture;
beforeEach(async () => void (kcp = await openFixture()));
afterEach(() => kcp[Symbol.asyncDispose]());

describe('a session', () => {
  it('is in the current workspace, and asks no server for that', async () => {
    const { result } = await kcp.run((session) => [session.server, currentWorkspace(session)]);
    expect(result).toEqual([`${kcp.server.url}/clusters/root`, { base: kcp.server.url, path: 'root' }]);
    expect(kcp.server.requests).toEqual([]);
  });

  it.each([
    ['org', 'root:org'],
    ['org:team', 'root:org:team'],
    [':other', 'other'],
    ['.', 'root'],
    ['org/..', 'root'],
  ])('is in another one where %s is named', async (workspace, path) => {
    expect((await kcp.run((session) => currentWorkspace(session).path, { workspace })).result).toBe(path);
  });

  it('has no other workspace outside of workspaces, or for a word that is none', async () => {
    const overrides = { ...noOverrides, context: 'base' };
    await expect(kcp.run(() => 0, { workspace: 'org', overrides })).rejects.toThrow('does not point to a workspace');
    await expect(kcp.run(() => 0, { workspace: 'Org' })).rejects.toThrow('invalid workspace path: Org');
  });

  it('speaks to the whole server, whatever workspace it is in', async () => {
    await using other = await startWorkspaceServer();
    const overrides = { ...noOverrides, server: `${other.url}/clusters/root` };
    await kcp.run((session) => session.client.cluster('root').request('/api'), { overrides });
    expect(other.requests).toEqual(['GET /clusters/root/api']);
  });

  it('keeps what precedes the cluster in the URL', async () => {
    const overrides = { ...noOverrides, server: `${kcp.server.url}/prefix/clusters/root` };
    await kcp.run(
      (session) =>
        session.client
          .cluster('a:b')
          .raw('/api')
          .then((answer) => answer.bytes()),
      { overrides },
    );
    expect(kcp.server.requests).toEqual(['GET /prefix/clusters/a:b/api']);
  });

  it('says what the server warns of', async () => {
    const server = createServer((_, response) =>
      response.setHeader('warning', '299 - "old"').end('{"kind":"APIVersions"}'),
    );
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      const overrides = {
        ...noOverrides,
        server: `http://127.0.0.1:${(server.address() as AddressInfo).port}/clusters/root`,
      };
      const { err } = await kcp.run((session) => session.client.cluster('root').request('/api'), { overrides });
      expect(err).toEqual(['Warning: old']);
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });

  it('waits no longer than it is told', async () => {
    const server = createServer(() => {});
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    try {
      const overrides = {
        ...noOverrides,
        server: `http://127.0.0.1:${(server.address() as AddressInfo).port}/clusters/root`,
      };
      const asked = kcp.run((session) => session.client.cluster('root').request('/api'), {
        overrides,
        requestTimeoutMs: 50,
      });
      await expect(asked).rejects.toMatchObject({ name: 'ConnectionError', phase: 'timeout' });
    } finally {
      server.close();
      server.closeAllConnections();
    }
  });

  it('is not opened with a kubeconfig that cannot be read', async () => {
    await writeFile(kcp.file, 'clusters: {');
    await expect(kcp.run(() => 0)).rejects.toThrow(`${kcp.file}: is not valid YAML`);
  });
});
