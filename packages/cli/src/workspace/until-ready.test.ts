import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { kcpKinds } from '../kinds.ts';
import { openFixture, recordOutput, type Fixture } from '../testing/fixture.ts';
import { untilReady } from './until-ready.ts';

let kcp: Fixture;
beforeEach(async () => void (kcp = await openFixture()));
afterEach(() => kcp[Symbol.asyncDispose]());

function wait(patienceMs = 20_000, output = recordOutput()) {
  return kcp.run(async ({ client }) => {
    const workspaces = client.cluster('root').of(kcpKinds.Workspace);
    const created = await workspaces.create({
      metadata: { name: 'a' },
      spec: { type: { name: 'universal', path: 'root' } },
    });
    return untilReady(workspaces, created, { output, patienceMs });
  });
}

describe('waiting for a workspace', () => {
  it('ends with the workspace as it is then, and shows what it waits for', async () => {
    const output = recordOutput();
    const waiting = wait(20_000, output);
    await kcp.server.watched;
    kcp.server.finish('root:a');
    expect((await waiting).result.status?.phase).toBe('Ready');
    expect(output.waits).toEqual(['  Initializing …', '  Ready …', '']);
  });

  it('goes on by looking where the user may not watch', async () => {
    kcp.server.watchRefusal = 403;
    const waiting = wait();
    await kcp.server.watched;
    kcp.server.finish('root:a');
    expect((await waiting).result.status?.phase).toBe('Ready');
  });

  it('goes on where the connection of the watch is lost', async () => {
    const waiting = wait();
    await kcp.server.watched;
    kcp.server.cutWatches();
    kcp.server.finish('root:a');
    expect((await waiting).result.status?.phase).toBe('Ready');
  });

  it('ends where the workspace goes away', async () => {
    const waiting = wait();
    await kcp.server.watched;
    kcp.server.remove('root:a');
    await expect(waiting).rejects.toThrow('workspace "a" was deleted before it was ready');
  });

  it('ends after a while, and says what to do then', async () => {
    const message = await wait(50).then(
      () => 'ready',
      (error: Error) => error.message,
    );
    expect(message).toContain('workspace "a" is not ready after 0.05 s: Initializing.');
    expect(message).toContain('kubectl get workspace a -o yaml');
  });

  it('ends where the server refuses', async () => {
    kcp.server.watchRefusal = 500;
    await expect(wait()).rejects.toMatchObject({ code: 500 });
  });
});
