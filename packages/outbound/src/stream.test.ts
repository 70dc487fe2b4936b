import { afterEach, describe, expect, it } from '@jest/globals';
import { OutboundError } from './failure.ts';
import { createOutbound, type Outbound, type OutboundOptions } from './outbound.ts';
import { plainServer, type TestServer } from './testing/server.ts';

const open: AsyncDisposable[] = [];
const owned = <T extends AsyncDisposable>(thing: T): T => (open.push(thing), thing);
afterEach(async () => {
  for (const thing of open.splice(0).reverse()) await thing[Symbol.asyncDispose]();
});

const client = (options?: OutboundOptions): Outbound => owned(createOutbound(options));
const at = ({ port }: TestServer, path = '/'): string => `http://127.0.0.1:${port}${path}`;

describe('an answer that is handed over as it comes', () => {
  it('is there before it has ended, part by part, in the coding that was asked for', async () => {
    const more = Promise.withResolvers<void>();
    const server = owned(
      await plainServer((request, response) => {
        response.writeHead(200, { 'x-twice': ['a', 'b'], 'x-coding': request.headers['accept-encoding'] ?? '' });
        response.write('first');
        void more.promise.then(() => response.end('last'));
      }),
    );
    const headers = { 'accept-encoding': 'gzip' };
    const answer = await client().stream({ tenant: 'a', url: at(server), headers });
    expect([answer.status, answer.headers['x-coding']]).toEqual([200, 'gzip']);
    const parts: string[] = [];
    for await (const part of answer.body) {
      parts.push(String(part));
      more.resolve();
    }
    expect(parts).toEqual(['first', 'last']);
  });

  it('may be larger than an answer that is kept may be', async () => {
    const server = owned(await plainServer((_, response) => response.end(Buffer.alloc(100_000))));
    const limited = client({ limits: { answerBytes: 1_000 } });
    await expect(limited.send({ tenant: 'a', url: at(server) })).rejects.toThrow(OutboundError);
    let size = 0;
    for await (const part of (await limited.stream({ tenant: 'a', url: at(server) })).body) size += part.byteLength;
    expect(size).toBe(100_000);
  });

  it('ends with its signal, also where nobody reads it, and gives its place back', async () => {
    const gone = Promise.withResolvers<void>();
    const server = owned(
      await plainServer((_, response) => {
        response.on('close', () => gone.resolve());
        response.write('first');
      }),
    );
    const few = client({ limits: { streamsPerTenant: 1 } });
    const stop = new AbortController();
    await few.stream({ tenant: 'a', url: at(server), signal: stop.signal });
    await expect(few.stream({ tenant: 'a', url: at(server) })).rejects.toMatchObject({ failure: { kind: 'busy' } });
    stop.abort();
    await gone.promise;
    const next = new AbortController();
    let answer: unknown;
    // the place is free once the connection's end was seen on this side, too
    while (answer === undefined)
      answer = await few.stream({ tenant: 'a', url: at(server), signal: next.signal }).catch(() => undefined);
    next.abort();
  });

  it('is refused where the address may not be called, and where nobody answers in time', async () => {
    const server = owned(await plainServer(() => {}));
    await expect(
      client({ policy: { deny: ['127.0.0.0/8'] } }).stream({ tenant: 'a', url: at(server) }),
    ).rejects.toMatchObject({
      failure: { kind: 'denied' },
    });
    await expect(client({ limits: { headMs: 20 } }).stream({ tenant: 'a', url: at(server) })).rejects.toMatchObject({
      failure: { kind: 'timeout', phase: 'head' },
    });
  });

  it('ends with its client', async () => {
    const server = owned(await plainServer((_, response) => response.write('first')));
    const closing = createOutbound();
    const { body } = await closing.stream({ tenant: 'a', url: at(server) });
    await closing[Symbol.asyncDispose]();
    await expect(Array.fromAsync(body)).rejects.toThrow();
  });
});
