import { describe, expect, it } from '@jest/globals';
import type { Handler, Sink } from './exchange.ts';
import { inProcess } from './in-process.ts';
import { memorySockets } from './memory-socket.ts';
import type { MessageSocket } from './message-socket.ts';

describe('an in-process stream', () => {
  it('makes the writer wait for the reader', async () => {
    let most = 0;
    const call = inProcess(() => ({
      status: 200,
      headers: {},
      body: async (sink) => {
        for (let at = 0; at < 1000; at += 1) {
          if (!sink.write(Buffer.alloc(10_000, at % 256))) await sink.drained();
          most = Math.max(most, sink.pending);
        }
      },
    }));
    const body = await (await call({ target: '/' })).bytes();
    expect(body).toHaveLength(10_000_000);
    expect(body.subarray(-10_000).equals(Buffer.alloc(10_000, 999 % 256))).toBe(true);
    expect(most).toBeLessThan(100_000);
  });

  it('ends its writer where the reader leaves early', async () => {
    const over = Promise.withResolvers<boolean>();
    let signal: AbortSignal | undefined;
    const call = inProcess((request) => {
      signal = request.signal;
      return {
        status: 200,
        headers: {},
        body: async (sink) => {
          while (!sink.closed) if (!sink.write(Buffer.alloc(10_000))) await sink.drained();
          over.resolve(sink.write(Buffer.from('nobody hears')));
        },
      };
    });
    for await (const _bytes of (await call({ target: '/' })).body) break;
    expect(await over.promise).toBe(true);
    expect(signal?.aborted).toBe(true);
  });

  it('ends both sides where the caller gives up', async () => {
    const gone = new AbortController();
    const opened = Promise.withResolvers<Sink>();
    let closed = 0;
    const call = inProcess(() => ({
      status: 200,
      headers: {},
      body: (sink) => {
        opened.resolve(sink);
        return new Promise((resolve) => {
          sink.onClose(() => (closed += 1));
          sink.onClose(resolve);
        });
      },
    }));
    const answer = await call({ target: '/', signal: gone.signal });
    (await opened.promise).write(Buffer.from('dropped'));
    gone.abort(new Error('enough'));
    await expect(answer.bytes()).rejects.toThrow('enough');
    expect(closed).toBe(1);
  });

  it('does not abort the request where it came to its end', async () => {
    let signal: AbortSignal | undefined;
    const call = inProcess((request) => {
      signal = request.signal;
      return { status: 200, headers: {}, body: async (sink) => void sink.write(Buffer.from('x')) };
    });
    await (await call({ target: '/' })).bytes();
    expect(signal?.aborted).toBe(false);
  });
});

describe('an in-process request', () => {
  it('is not made where the caller gave up before', async () => {
    let asked = 0;
    const call = inProcess(() => ({ status: (asked += 1), headers: {} }));
    await expect(call({ target: '/', signal: AbortSignal.abort(new Error('enough')) })).rejects.toThrow('enough');
    expect(asked).toBe(0);
  });

  it('bounds its body, and refuses a target that is none', async () => {
    const call = inProcess(async (request) => ({ status: 200, headers: {}, body: await request.body(3) }));
    await expect(call({ target: '/', method: 'POST', body: Buffer.from('four') })).rejects.toMatchObject({
      reason: 'RequestEntityTooLarge',
    });
    await expect(call({ target: 'nowhere' })).rejects.toMatchObject({ reason: 'BadRequest' });
  });

  it('comes from the same peer each time, or from the one given', async () => {
    const peers: unknown[] = [];
    const handler = (request: { peer: unknown }) => {
      peers.push(request.peer);
      return { status: 200, headers: {} };
    };
    const call = inProcess(handler);
    await call({ target: '/' });
    await call({ target: '/' });
    expect(peers[0]).toBe(peers[1]);
    const peer = { address: 'test', certificate: Buffer.from('cert'), connection: {} };
    await inProcess(handler, { peer })({ target: '/' });
    expect(peers[2]).toBe(peer);
  });
});

describe('a socket within the process', () => {
  const echo: Handler = ({ upgrade }) => {
    if (!upgrade) return { status: 400, headers: {} };
    const run = async (socket: MessageSocket): Promise<void> => {
      for await (const message of socket) socket.send(message);
    };
    return { status: 101, headers: {}, upgrade: { protocol: 'websocket', subprotocol: upgrade.subprotocols[0], run } };
  };
  const upgrade = { protocol: 'websocket', subprotocols: ['first', 'second'] } as const;

  it('is the same to the handler as one over the network', async () => {
    const { status, socket } = await inProcess(echo)({ target: '/', upgrade });
    expect([status, socket?.subprotocol]).toEqual([101, 'first']);
    const data = Buffer.from('hello');
    socket?.send({ kind: 'text', data });
    for await (const message of socket ?? []) {
      expect(message).toEqual({ kind: 'text', data });
      socket?.close();
    }
    expect(socket?.end).toEqual({ code: 1000, reason: '' });
  });

  it('is not there where nobody asked for it', async () => {
    expect(await inProcess(echo)({ target: '/' })).toMatchObject({ status: 400 });
    const run = async (): Promise<void> => {};
    const eager = inProcess(() => ({ status: 101, headers: {}, upgrade: { protocol: 'websocket', run } }));
    await expect(eager({ target: '/' })).rejects.toThrow('nobody asked for');
  });

  it('makes a writer wait for its reader, and a slow reader loses nothing', async () => {
    const total = 50;
    const data = Buffer.alloc(10_000);
    let waited = 0;
    const run = async (socket: MessageSocket): Promise<void> => {
      for (let at = 0; at < total; at += 1) {
        if (socket.send({ kind: 'binary', data })) continue;
        waited += 1;
        expect(socket.pending).toBeLessThan(100_000);
        await socket.drained();
      }
    };
    const call = inProcess(() => ({ status: 101, headers: {}, upgrade: { protocol: 'websocket', run } }));
    const { socket } = await call({ target: '/', upgrade });
    let got = 0;
    for await (const message of socket ?? []) got += message.data.byteLength;
    expect(got).toBe(total * data.byteLength);
    expect(waited).toBeGreaterThan(0);
    expect(socket?.end?.code).toBe(1000);
  });

  it('breaks off with the signal of the caller, and ends with 1011 where the handler fails', async () => {
    const gaveUp = new AbortController();
    const { socket } = await inProcess(echo)({ target: '/', upgrade, signal: gaveUp.signal });
    gaveUp.abort();
    expect(socket?.end?.code).toBe(1006);
    const run = (): Promise<void> => Promise.reject(new Error('secret'));
    const failing = inProcess(() => ({ status: 101, headers: {}, upgrade: { protocol: 'websocket', run } }));
    const { socket: failed } = await failing({ target: '/', upgrade });
    await new Promise<void>((resolve) => failed?.onClose(resolve));
    expect(failed?.end).toEqual({ code: 1011, reason: 'internal error' });
  });

  it('drops what comes once its reader left, and makes nobody wait', async () => {
    const { client, server } = memorySockets();
    const data = Buffer.alloc(100_000);
    expect(client.send({ kind: 'binary', data })).toBe(false);
    const waiting = client.drained();
    server.discard();
    await waiting;
    expect(client.send({ kind: 'binary', data })).toBe(true);
    server.close();
    expect(client.send({ kind: 'binary', data })).toBe(true);
    expect(client.signal.aborted).toBe(true);
  });
});
