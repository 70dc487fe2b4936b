import { describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { connect as connectTcp } from 'node:net';
import type { Handler, Response, Sink } from './exchange.ts';
import { openDoor } from './test-door.ts';
import type { TestDoor } from './test-door.ts';

/** A handler with a watch at `/watch`, and at `/slow` a request that is answered when the test says so. */
function held() {
  const asked = Promise.withResolvers<AbortSignal>();
  const answer = Promise.withResolvers<Response>();
  const watched = Promise.withResolvers<Sink>();
  const handler: Handler = (request) => {
    if (request.path === '/slow') {
      asked.resolve(request.signal);
      return answer.promise;
    }
    if (request.path !== '/watch') return { status: 200, headers: {} };
    const body = (sink: Sink): Promise<void> => {
      watched.resolve(sink);
      return new Promise((resolve) => sink.onClose(resolve));
    };
    return { status: 200, headers: {}, body };
  };
  return { handler, asked, answer, watched };
}

async function isRefused(port: number): Promise<boolean> {
  const socket = connectTcp(port, '127.0.0.1');
  const refused = once(socket, 'error').then(() => true);
  const connected = once(socket, 'connect').then(() => false);
  return Promise.race([refused, connected]).finally(() => socket.destroy());
}

describe.each<[string, (test: TestDoor) => ReturnType<TestDoor['http1']>]>([
  ['HTTP/1.1', (test) => test.http1()],
  ['HTTP/2', (test) => test.http2()],
])('a stop over %s', (_name, open) => {
  it('ends watches in order, with all that was written', async () => {
    const { handler, watched } = held();
    await using test = await openDoor(handler);
    const answer = await open(test)({ target: '/watch' });
    (await watched.promise).write(Buffer.from('last words'));
    const stopped = test.door.stop();
    expect(String(await answer.bytes())).toBe('last words');
    await stopped;
  });

  it('waits for a request under way, and takes no more', async () => {
    const { handler, asked, answer } = held();
    await using test = await openDoor(handler);
    const response = open(test)({ target: '/slow' });
    const signal = await asked.promise;
    const stopped = test.door.stop();
    expect(await isRefused(test.door.port)).toBe(true);
    expect(signal.aborted).toBe(false);
    answer.resolve({ status: 200, headers: {}, body: Buffer.from('made it') });
    expect(String(await (await response).bytes())).toBe('made it');
    await stopped;
  });

  it('cuts off what takes longer than the grace, and tells its handler', async () => {
    const { handler, asked } = held();
    await using test = await openDoor(handler);
    const response = open(test)({ target: '/slow' });
    const signal = await asked.promise;
    const stopped = test.door.stop(50);
    await expect(response).rejects.toThrow();
    await stopped;
    expect(signal.aborted).toBe(true);
  });

  it('does not wait for connections without a request', async () => {
    const { handler } = held();
    await using test = await openDoor(handler);
    await (await open(test)({ target: '/' })).bytes();
    const unused = await test.raw();
    await test.door.stop(60_000);
    await unused.received();
  });

  it('ends a watch that begins while it waits', async () => {
    const { handler, asked, answer } = held();
    await using test = await openDoor(handler);
    const response = open(test)({ target: '/slow' });
    await asked.promise;
    const stopped = test.door.stop(60_000);
    let closed = false;
    answer.resolve({ status: 200, headers: {}, body: async (sink) => void (closed = sink.closed) });
    expect(await (await response).bytes()).toHaveLength(0);
    expect(closed).toBe(true);
    await stopped;
  });
});

describe('stopping', () => {
  it('twice is stopping once', async () => {
    const { handler } = held();
    await using test = await openDoor(handler);
    const [first, second] = [test.door.stop(), test.door.stop()];
    expect(first).toBe(second);
    await first;
  });

  it('tells HTTP/2 clients to go elsewhere', async () => {
    const { handler } = held();
    await using test = await openDoor(handler);
    const session = test.session();
    await once(session.request({ ':path': '/' }).resume(), 'close');
    const gone = once(session, 'goaway');
    await test.door.stop();
    expect((await gone)[0]).toBe(0);
  });
});
