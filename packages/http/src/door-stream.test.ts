import { afterEach, beforeAll, afterAll, describe, expect, it } from '@jest/globals';
import { Agent } from 'node:https';
import type { Handler, Sink } from './exchange.ts';
import { openDoor } from './test-door.ts';
import type { TestDoor } from './test-door.ts';
import type { Transport, TransportResponse } from './transport.ts';

/** The open watches, as a handler would keep them. */
const sinks = new Set<Sink>();
let closed = 0;
let asked = Promise.withResolvers<void>();
let aborted = Promise.withResolvers<void>();
let flood = { most: 0, written: 0, over: Promise.withResolvers<void>() };

const mebi = 1024 * 1024;

const handler: Handler = (request) => {
  if (request.path === '/waits') {
    asked.resolve();
    return new Promise((resolve) => {
      request.signal.addEventListener('abort', () => {
        aborted.resolve();
        resolve({ status: 200, headers: {} });
      });
    });
  }
  return { status: 200, headers: {}, body: request.path === '/flood' ? pour : watch };
};

function watch(sink: Sink): Promise<void> {
  sinks.add(sink);
  return new Promise((resolve) => {
    sink.onClose(() => {
      sinks.delete(sink);
      closed += 1;
      resolve();
    });
  });
}

/** Writes 32 MiB, or until the client is gone, heeding the sink's word. */
async function pour(sink: Sink): Promise<void> {
  const piece = Buffer.alloc(16 * 1024, 'x');
  for (let at = 0; at < 32 * mebi && !sink.closed; at += piece.length) {
    flood.written += piece.length;
    if (!sink.write(piece)) await sink.drained();
    flood.most = Math.max(flood.most, sink.pending);
  }
  flood.over.resolve();
}

/** Resolves once `sinks` has that many. */
async function watching(count: number): Promise<void> {
  while (sinks.size !== count) await new Promise(setImmediate);
}

let test: TestDoor;
beforeAll(async () => {
  test = await openDoor(handler);
});
afterAll(async () => {
  await test[Symbol.asyncDispose]();
});
afterEach(() => {
  closed = 0;
  asked = Promise.withResolvers();
  aborted = Promise.withResolvers();
  flood = { most: 0, written: 0, over: Promise.withResolvers() };
});

describe.each<[string, () => Transport]>([
  ['HTTP/1.1', () => test.http1()],
  ['HTTP/2', () => test.http2()],
])('a watch over %s', (_name, open) => {
  it('sends its headers before its first event, and each turn’s events together', async () => {
    const gone = new AbortController();
    const answer = await open()({ target: '/watch', signal: gone.signal });
    const [sink] = sinks;
    const events = answer.body[Symbol.asyncIterator]();
    sink?.write(Buffer.from('a'));
    sink?.write(Buffer.from('b'));
    expect(String((await events.next()).value)).toBe('ab');
    sink?.write(Buffer.from('c'));
    expect(String((await events.next()).value)).toBe('c');
    gone.abort();
    await watching(0);
  });

  it('hears once that its client is gone', async () => {
    const gone = new AbortController();
    await open()({ target: '/watch', signal: gone.signal });
    const [sink] = sinks;
    gone.abort();
    await watching(0);
    expect(closed).toBe(1);
    expect(sink?.closed).toBe(true);
    expect(sink?.write(Buffer.from('late'))).toBe(true);
    expect(sink?.pending).toBe(0);
    await sink?.drained();
    let told = 0;
    sink?.onClose(() => (told += 1));
    expect(told).toBe(1);
  });

  it('waits for a client that does not read, with bounded memory', async () => {
    const gone = new AbortController();
    const answer = await open()({ target: '/flood', signal: gone.signal });
    const events = answer.body[Symbol.asyncIterator]();
    await events.next();
    // What the kernel and Node's own streams hold is written; then it stands.
    let before = -1;
    for (let still = 0; still < 500; still = flood.written === before ? still + 1 : 0) {
      before = flood.written;
      await new Promise(setImmediate);
    }
    expect(flood.written).toBeLessThan(32 * mebi);
    expect(flood.most).toBeLessThan(mebi);
    gone.abort();
    await flood.over.promise;
  });

  it('goes on when the client reads again, and loses nothing', async () => {
    const answer = await open()({ target: '/flood' });
    expect((await answer.bytes()).byteLength).toBe(32 * mebi);
    expect(flood.most).toBeLessThan(mebi);
  });

  it('aborts the signal of a request whose client goes away before the answer', async () => {
    const gone = new AbortController();
    const answer = open()({ target: '/waits', signal: gone.signal });
    void asked.promise.then(() => gone.abort());
    await expect(answer).rejects.toThrow();
    await aborted.promise;
  });
});

describe('the signal of a request under way', () => {
  it('is aborted when the connection breaks', async () => {
    const client = await test.raw();
    client.socket.write('GET /waits HTTP/1.1\r\nhost: x\r\n\r\n');
    await asked.promise;
    client.socket.destroy();
    await aborted.promise;
  });

  it('is aborted when the client closes its half', async () => {
    const client = await test.raw();
    client.socket.write('GET /waits HTTP/1.1\r\nhost: x\r\n\r\n');
    client.socket.end();
    await aborted.promise;
  });

  it('is aborted when the stream is reset', async () => {
    const stream = test.session().request({ ':path': '/waits' });
    stream.on('error', () => {});
    await asked.promise;
    stream.close(8);
    await aborted.promise;
  });
});

describe('a thousand watches', () => {
  const count = 1000;

  async function castTo(answers: TransportResponse[]): Promise<void> {
    await watching(count);
    const readers = answers.map((answer) => answer.body[Symbol.asyncIterator]());
    for (const event of [Buffer.alloc(900, 'a'), Buffer.alloc(70_000, 'b')]) {
      for (const sink of sinks) sink.write(event);
      await Promise.all(readers.map((reader) => read(reader, event)));
    }
  }

  async function read(reader: AsyncIterator<Uint8Array>, event: Buffer): Promise<void> {
    const parts: Uint8Array[] = [];
    for (let size = 0; size < event.length;) {
      const { value } = await reader.next();
      size += value.length;
      parts.push(value);
    }
    if (!Buffer.concat(parts).equals(event)) throw new Error('another event came');
  }

  it('get the same bytes over HTTP/1.1', async () => {
    const gone = new AbortController();
    const call = test.http1({ agent: new Agent({ maxSockets: count }) });
    const ask = { target: '/watch', signal: gone.signal };
    await castTo(await Promise.all(Array.from({ length: count }, () => call(ask))));
    gone.abort();
    await watching(0);
    expect(closed).toBe(count);
  });

  it('get the same bytes over HTTP/2', async () => {
    const gone = new AbortController();
    const calls = Array.from({ length: 10 }, () => test.http2());
    const ask = { target: '/watch', signal: gone.signal };
    const asked = calls.flatMap((call) => Array.from({ length: count / 10 }, () => call(ask)));
    await castTo(await Promise.all(asked));
    gone.abort();
    await watching(0);
    expect(closed).toBe(count);
  });
});

describe('large answers that a client leaves unread', () => {
  it('are refused beyond the connection’s backlog, and served again once it reads', async () => {
    const answer = { status: 200, headers: {}, body: Buffer.alloc(4 * mebi) };
    await using small = await openDoor(() => answer, { limits: { backlogBytes: 10 * mebi } });
    const call = small.http2();
    const answers = await Promise.all(Array.from({ length: 5 }, () => call({ target: '/' })));
    expect(answers.map(({ status }) => status)).toEqual([200, 200, 429, 429, 429]);
    expect(answers[2]?.headers['retry-after']).toBe('1');
    await Promise.all(answers.map((answer) => answer.bytes()));
    expect((await call({ target: '/' })).status).toBe(200);
  });

  it.each<[string, (small: TestDoor) => Transport]>([
    ['HTTP/1.1', (small) => small.http1()],
    ['HTTP/2', (small) => small.http2()],
  ])('end their connection over %s when nothing is read for too long', async (_name, openTo) => {
    const answer = { status: 200, headers: {}, body: Buffer.alloc(64 * mebi) };
    const gone = Promise.withResolvers<void>();
    const stalls: Handler = (request) => {
      request.signal.addEventListener('abort', () => gone.resolve());
      return answer;
    };
    await using small = await openDoor(stalls, { limits: { stallMs: 100 } });
    await openTo(small)({ target: '/' });
    await gone.promise;
  });
});
