import { describe, expect, it } from '@jest/globals';
import type { Sink } from './exchange.ts';
import { inProcess } from './in-process.ts';

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
