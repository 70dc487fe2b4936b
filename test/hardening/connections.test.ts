import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { connect as connectTcp, type Socket } from 'node:net';
import type { ClientHttp2Session, ClientHttp2Stream } from 'node:http2';
import { createNamespaces, create } from './fixture.ts';
import { startProbedServer, type ProbedServer } from './probe.ts';

const MAPS = '/clusters/many/api/v1/namespaces/default/configmaps';

let server: ProbedServer;
beforeAll(async () => {
  server = await startProbedServer();
  await createNamespaces(server, 'many', ['default']);
  await create(server, MAPS, { metadata: { name: 'a' } });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

/** Resolves when the other side has closed, however it did. */
function closed(socket: Socket): Promise<void> {
  socket.on('error', () => {});
  socket.resume();
  return new Promise((resolve) => {
    if (socket.closed) resolve();
    else socket.on('close', () => resolve());
  });
}

/** The server answers somebody else meanwhile. */
async function others(): Promise<void> {
  const { status } = await server.client.send(`${MAPS}/a`);
  expect(status).toBe(200);
}

describe('connections that are too slow', () => {
  it('are closed, and others do not wait', async () => {
    await server.survives('slow connections', async () => {
      const plain = Array.from({ length: 200 }, () => connectTcp(server.address.port, '127.0.0.1'));
      const halves = Array.from({ length: 50 }, () => connectTcp(server.address.port, '127.0.0.1'));
      for (const socket of halves) socket.write(Buffer.from([0x16, 0x03, 0x01, 0x02, 0x00, 0x01]));
      const trickling = await Promise.all(Array.from({ length: 100 }, () => server.client.connect()));
      const bodies = await Promise.all(Array.from({ length: 100 }, () => server.client.connect()));
      for (const { socket } of trickling) socket.write('GET /livez HTTP/1.1\r\nhost: x\r\n');
      const head = `POST ${MAPS} HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${server.address.token}\r\n`;
      for (const { socket } of bodies)
        socket.write(`${head}content-type: application/json\r\ncontent-length: 1000\r\n\r\n{`);
      const drops = setInterval(() => {
        for (const { socket } of trickling) if (socket.writable) socket.write('x-a: b\r\n');
      }, 500);
      const ends = [...plain, ...halves, ...[...trickling, ...bodies].map(({ socket }) => socket)].map(closed);
      for (let i = 0; i < 20; i += 1) await others();
      await Promise.all(ends);
      clearInterval(drops);
      for (const { received } of trickling.slice(0, 3)) expect(await received()).toMatch(/^HTTP\/1.1 408 /);
      for (const { received } of bodies.slice(0, 3)) expect(await received()).toMatch(/^HTTP\/1.1 504 /);
    });
  }, 40_000);
});

describe('connections of garbage', () => {
  it('are closed', async () => {
    await server.survives('garbage', async () => {
      const pieces = [
        Buffer.alloc(100_000, 0xff),
        Buffer.from('GET / HTTP/1.1\r\n'.repeat(5_000)),
        Buffer.from('PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n'),
        Buffer.from([...Array(20_000).keys()].map((i) => (i * 7919) % 256)),
        Buffer.from('GET /livez HTTP/1.1\r\nhost: x\r\ncontent-length: -1\r\n\r\n'),
        Buffer.from('GET /livez HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\nffffffffffffffff\r\n'),
        Buffer.from(`GET /livez HTTP/1.1\r\nhost: x\r\ntransfer-encoding: chunked\r\n\r\n1;${'x'.repeat(100_000)}\r\n`),
      ];
      for (const protocol of ['http/1.1', 'h2', 'spdy/3']) {
        for (const bytes of pieces) {
          const { socket } = await server.client.connect(protocol);
          if (!socket.destroyed) socket.end(bytes);
          await closed(socket);
        }
      }
      const plain = connectTcp(server.address.port, '127.0.0.1');
      plain.end('GET /livez HTTP/1.1\r\nhost: x\r\n\r\n');
      await closed(plain);
      await others();
    });
  });
});

function open(session: ClientHttp2Session, path: string): ClientHttp2Stream {
  const stream = session.request({ ':path': path, authorization: `Bearer ${server.address.token}` });
  stream.on('error', () => {});
  return stream;
}

function ended(stream: ClientHttp2Stream): Promise<void> {
  return new Promise((resolve) => {
    if (stream.closed) resolve();
    else stream.on('close', () => resolve());
  });
}

describe('HTTP/2 streams', () => {
  it('opened and reset at once cost little', async () => {
    await server.survives('1,000 streams opened and reset', async () => {
      const session = server.client.session();
      await once(session, 'remoteSettings');
      for (let i = 0; i < 1_000 && !session.destroyed && !session.closed; i += 1) {
        open(session, `${MAPS}?labelSelector=a`).close(8);
        if (i % 100 === 0) await others();
      }
      await others();
      session.destroy();
    });
  });

  it('reset while lists and watches are under way cost little', async () => {
    await server.survives('500 lists and watches reset after their headers', async () => {
      for (const query of ['', '?watch=true']) {
        const session = server.client.session();
        for (let i = 0; i < 500 && !session.destroyed; i += 50) {
          const streams = Array.from({ length: 50 }, () => open(session, `/clusters/*/api/v1/configmaps${query}`));
          await Promise.all(
            streams.map((stream) => Promise.race([once(stream, 'response').catch(() => {}), ended(stream)])),
          );
          for (const stream of streams) stream.close(8);
          await Promise.all(streams.map(ended));
        }
        session.destroy();
      }
      await others();
    });
  });

  it('that are never read are not written without end', async () => {
    await create(server, MAPS, { metadata: { name: 'large' }, data: { k: 'x'.repeat(900_000) } });
    await server.survives('200 answers of 1 MB that nobody reads', async () => {
      const session = server.client.session();
      await once(session, 'remoteSettings');
      session.setLocalWindowSize(65_535);
      const streams = Array.from({ length: 200 }, () => open(session, MAPS));
      await Promise.all(
        streams.map((stream) => Promise.race([once(stream, 'response').catch(() => {}), ended(stream)])),
      );
      for (let i = 0; i < 10; i += 1) await others();
      session.destroy();
      await Promise.all(streams.map(ended));
    });
  });
});

/** Waits until something is so; rejects where it takes too long. */
async function reached(holds: () => boolean): Promise<void> {
  const deadline = performance.now() + 15_000;
  while (!holds()) {
    if (performance.now() > deadline) throw new Error('it did not come to that in time');
    await new Promise((resolve) => setTimeout(resolve, 20));
  }
}

describe('watches', () => {
  it('by the thousand are opened, served and dropped', async () => {
    await server.survives('2,000 watches', async () => {
      const sessions = Array.from({ length: 10 }, () => server.client.session());
      const streams = sessions.flatMap((session) =>
        Array.from({ length: 200 }, () =>
          open(session, `${MAPS}?watch=true&resourceVersion=0&fieldSelector=metadata.name%3Dseen`),
        ),
      );
      await Promise.all(streams.map((stream) => once(stream, 'response')));
      const events = streams.map((stream) => once(stream, 'data'));
      await create(server, MAPS, { metadata: { name: 'seen' } });
      for (const event of events) expect(String((await event)[0])).toContain('"ADDED"');
      for (const session of sessions) session.destroy();
      await Promise.all(streams.map(ended));
      await others();
    });
  });

  it('that nobody reads are told that they fell behind, and others get their events', async () => {
    await server.survives('watches that nobody reads', async () => {
      const slow = await Promise.all(Array.from({ length: 5 }, () => server.client.connect()));
      const request = `GET ${MAPS}?watch=true HTTP/1.1\r\nhost: x\r\nauthorization: Bearer ${server.address.token}\r\n\r\n`;
      for (const { socket } of slow) {
        socket.pause();
        socket.write(request);
      }
      await create(server, MAPS, { metadata: { name: 'moving' } });
      let seen = 0;
      const watching = server.client.open(`${MAPS}?watch=true&fieldSelector=metadata.name%3Dmoving`, { method: 'GET' });
      watching
        .on('response', (events) => events.on('data', (chunk: Buffer) => (seen += chunk.length)))
        .on('error', () => {});
      watching.end();
      await reached(() => seen > 0);
      const filler = 'x'.repeat(900_000);
      for (let i = 0; i < 40; i += 1) {
        const body = JSON.stringify({ data: { k: `${i}${filler}` } });
        const { status } = await server.client.send(`${MAPS}/moving`, {
          method: 'PATCH',
          body,
          contentType: 'application/merge-patch+json',
        });
        expect(status).toBe(200);
      }
      await reached(() => seen >= 40 * filler.length);
      for (const { socket } of slow) {
        socket.resume();
        socket.end();
      }
      for (const { received } of slow) expect(await received()).toContain('"code":410');
      watching.destroy();
    });
  });
});
