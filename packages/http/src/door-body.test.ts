import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { ApiError } from '@kcp/api-machinery';
import type { Request } from './exchange.ts';
import { apiErrorResponse } from './status-response.ts';
import { openDoor } from './test-door.ts';
import type { TestDoor } from './test-door.ts';

const limit = 10_000;
/** How the last body reading ended, as the handler saw it. */
let outcome = Promise.withResolvers<string>();

async function take(request: Request) {
  if (request.path === '/refuse') return { status: 403, headers: {}, body: Buffer.from('no') };
  try {
    const body = await request.body(limit);
    outcome.resolve(`${body.byteLength} bytes`);
    return { status: 200, headers: {}, body: Buffer.from(`took ${body.byteLength}`) };
  } catch (thrown) {
    const error = ApiError.from(thrown);
    outcome.resolve(error.reason);
    return apiErrorResponse(error);
  }
}

let test: TestDoor;
beforeAll(async () => {
  test = await openDoor(take, { limits: { bodyIdleMs: 100, bodyMs: 250, lingerMs: 50 } });
});
afterAll(async () => {
  await test[Symbol.asyncDispose]();
});

const post = (path: string, ...headers: string[]): string =>
  [`POST ${path} HTTP/1.1`, 'host: x', ...headers, '', ''].join('\r\n');

describe('a body over HTTP/1.1', () => {
  it('that says it is too large is refused at once, and the connection closes', async () => {
    const client = await test.raw();
    client.socket.write(post('/', 'content-length: 99999999'));
    const text = await client.received();
    expect(text).toMatch(/^HTTP\/1.1 413 .*\r\n/);
    expect(text).toContain('Request entity too large: limit is 10000');
    expect(text).toMatch(/connection: close/i);
  });

  it('that does not say how large it is, is refused when it is', async () => {
    const client = await test.raw();
    client.socket.write(post('/', 'transfer-encoding: chunked'));
    const chunk = `1000\r\n${'x'.repeat(0x1000)}\r\n`;
    const endless = (): void => {
      while (client.socket.writable && client.socket.write(chunk));
    };
    client.socket.on('drain', endless);
    endless();
    expect(await client.received()).toMatch(/^HTTP\/1.1 413 /);
  });

  it('that nobody reads is dropped where it is small, and the connection goes on', async () => {
    const client = await test.raw();
    const refused = post('/refuse', 'content-length: 5000');
    client.socket.write(refused);
    await client.until(/403 Forbidden[^]*no$/);
    client.socket.write('x'.repeat(5000) + post('/', 'content-length: 3') + 'abc');
    await client.until(/403 Forbidden[^]*200 OK[^]*took 3$/);
  });

  it('that nobody reads ends the connection where it is large', async () => {
    const client = await test.raw();
    client.socket.write(post('/refuse', 'content-length: 500000') + 'some');
    const text = await client.received();
    expect(text).toMatch(/^HTTP\/1.1 403 Forbidden/);
    expect(text).toMatch(/connection: close/i);
  });

  it('that stops coming is given up', async () => {
    const client = await test.raw();
    client.socket.write(post('/', 'content-length: 500') + 'some');
    expect(await client.received()).toMatch(/^HTTP\/1.1 504 [^]*did not arrive in time/);
  });

  it('that trickles is given up', async () => {
    const client = await test.raw();
    client.socket.write(post('/', 'content-length: 500'));
    const drops = setInterval(() => client.socket.write('x'), 20);
    expect(await client.received()).toMatch(/^HTTP\/1.1 504 [^]*did not arrive in time/);
    clearInterval(drops);
  });

  it('that the client leaves in the middle fails its reader', async () => {
    outcome = Promise.withResolvers();
    const client = await test.raw();
    client.socket.write(post('/', 'content-length: 500') + 'some');
    client.socket.destroy();
    expect(await outcome.promise).toBe('BadRequest');
  });
});

describe('a body over HTTP/2', () => {
  it('that is too large is refused, and the connection goes on', async () => {
    const session = test.session();
    const stream = session.request({ ':method': 'POST', ':path': '/' });
    stream.on('error', () => {});
    const piece = Buffer.alloc(8192);
    const endless = (): void => {
      while (stream.writable && stream.write(piece));
    };
    stream.on('drain', endless);
    endless();
    const [head] = await once(stream, 'response');
    expect(head[':status']).toBe(413);
    stream.resume();
    await once(stream, 'close');

    const declared = session.request({ ':method': 'POST', ':path': '/', 'content-length': 20_000 });
    declared.on('error', () => {});
    const [second] = await once(declared, 'response');
    expect(second[':status']).toBe(413);

    const small = session.request({ ':method': 'POST', ':path': '/' });
    small.end('abc');
    const [third] = await once(small, 'response');
    expect(third[':status']).toBe(200);
  });

  it('that stops coming is given up', async () => {
    const stream = test.session().request({ ':method': 'POST', ':path': '/' });
    stream.on('error', () => {});
    stream.write('some');
    const [head] = await once(stream, 'response');
    expect(head[':status']).toBe(504);
  });

  it('that the client resets fails its reader', async () => {
    outcome = Promise.withResolvers();
    const session = test.session();
    const stream = session.request({ ':method': 'POST', ':path': '/' });
    stream.on('error', () => {});
    stream.write('some');
    await once(stream, 'ready').catch(() => {});
    stream.destroy();
    session.destroy();
    expect(await outcome.promise).toBe('BadRequest');
  });
});
