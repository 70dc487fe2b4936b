import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { own } from '@kcp/api-machinery';
import { fault } from './answers.ts';
import { readAnswer, type BareAnswer } from './bare-client.ts';
import { createNamespaces, serveWidgets } from './fixture.ts';
import { startProbedServer, type ProbedServer } from './probe.ts';

const COLLECTION = '/clusters/bodies/api/v1/namespaces/default/configmaps';
const LIMIT = 3 * 1024 * 1024;

let server: ProbedServer;
beforeAll(async () => {
  server = await startProbedServer();
  await createNamespaces(server, 'bodies', ['default']);
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

/** Writes blanks until the server has had enough; how many bytes left, and what it answered. */
async function stream(
  headers: Readonly<Record<string, string>>,
  bytes: number,
): Promise<{ sent: number; answer: BareAnswer | undefined }> {
  const outgoing = server.client.open(COLLECTION, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
  });
  const piece = Buffer.alloc(64 * 1024, 0x20);
  let sent = 0;
  let answered = false;
  const pump = (): void => {
    for (; sent < bytes && !outgoing.destroyed; sent += piece.length) {
      if (answered) return;
      if (!outgoing.write(piece)) return;
    }
  };
  outgoing.on('response', () => (answered = true)).on('drain', pump);
  const answer = readAnswer(outgoing).catch(() => undefined);
  pump();
  const found = await answer;
  outgoing.destroy();
  return { sent, answer: found };
}

function configMap(text: string): string {
  return `{"metadata":{"name":"x"},"data":{"k":${text}}}`;
}

describe('bodies that are too large', () => {
  it('by one byte are refused with 413', async () => {
    await server.survives('a body of 3 MiB and a byte', async () => {
      const answer = await server.client.send(COLLECTION, { method: 'POST', body: Buffer.alloc(LIMIT + 1, 0x20) });
      expect(fault(answer)).toBeUndefined();
      expect([answer.status, own(answer.object, 'reason')]).toEqual([413, 'RequestEntityTooLarge']);
    });
  });

  it('of 100 MB are not read', async () => {
    await server.survives('bodies of 100 MB', async () => {
      const bytes = 100_000_000;
      const all = await Promise.all(
        Array.from({ length: 8 }, () => stream({ 'content-length': String(bytes) }, bytes)),
      );
      for (const { sent, answer } of all) {
        expect(sent).toBeLessThan(40_000_000);
        if (answer) expect(answer.status).toBe(413);
      }
    });
  });

  it('of chunks without end are not read', async () => {
    await server.survives('chunks without end', async () => {
      const all = await Promise.all(
        Array.from({ length: 8 }, () => stream({ 'transfer-encoding': 'chunked' }, 100_000_000)),
      );
      for (const { sent, answer } of all) {
        expect(sent).toBeLessThan(40_000_000);
        if (answer) expect(answer.status).toBe(413);
      }
    });
  });

  it('over HTTP/2 are not read', async () => {
    await server.survives('100 MB over HTTP/2', async () => {
      const session = server.client.session();
      const stream = session.request({
        ':method': 'POST',
        ':path': COLLECTION,
        authorization: `Bearer ${server.address.token}`,
        'content-type': 'application/json',
      });
      stream.on('error', () => {});
      const closed = once(stream, 'close');
      const head = once(stream, 'response');
      const piece = Buffer.alloc(64 * 1024, 0x20);
      let sent = 0;
      const pump = (): void => {
        while (sent < 100_000_000 && stream.writable) {
          sent += piece.length;
          if (!stream.write(piece)) return;
        }
      };
      stream.on('drain', pump);
      pump();
      const [headers] = await head;
      expect(headers[':status']).toBe(413);
      stream.resume().end();
      stream.close();
      await closed;
      expect(sent).toBeLessThan(40_000_000);
      session.destroy();
    });
  });
});

describe('bodies that are hard to read', () => {
  const nested = (open: string, close: string, depth: number): string => open.repeat(depth) + close.repeat(depth);
  const bombs = [
    'a0: &a0 [x,x,x,x,x,x,x,x,x,x]',
    ...Array.from({ length: 30 }, (_, i) => `a${i + 1}: &a${i + 1} [${Array(10).fill(`*a${i}`).join(',')}]`),
  ];
  const json = 'application/json';
  const yaml = 'application/yaml';

  it.each([
    ['JSON arrays 100,000 deep', json, configMap(nested('[', ']', 100_000))],
    ['JSON objects 100,000 deep', json, configMap(nested('{"a":', '}', 100_000).replace('}', '1}'))],
    ['JSON arrays 1,500,000 deep, never closed', json, '['.repeat(1_500_000)],
    ['JSON arrays 900 deep in data', json, configMap(nested('[', ']', 900))],
    ['YAML flow lists 100,000 deep', yaml, `data: ${nested('[', ']', 100_000)}`],
    ['YAML flow maps 100,000 deep', yaml, `data: ${'{a: '.repeat(100_000)}`],
    ['YAML block lists 1,400,000 deep', yaml, '- '.repeat(1_400_000)],
    ['YAML indentation 1,000 deep', yaml, Array.from({ length: 1000 }, (_, i) => `${' '.repeat(i)}a:`).join('\n')],
    ['YAML aliases, a bomb', yaml, `metadata: {name: x}\ndata:\n  k: v\n${bombs.join('\n')}`],
    ['YAML aliases that contain themselves', yaml, 'a: &a [*a]'],
    [
      'YAML merge keys, a bomb',
      yaml,
      [
        'a0: &a0 {k: v}',
        ...Array.from({ length: 3000 }, (_, i) => `a${i + 1}: &a${i + 1} {<<: *a${i}, k${i}: v}`),
      ].join('\n'),
    ],
    ['YAML anchors without number', yaml, Array.from({ length: 150_000 }, (_, i) => `- &a${i} x`).join('\n')],
    ['YAML of quotes never closed', yaml, `a: "${'\\x41'.repeat(500_000)}`],
    ['YAML of blanks', yaml, ' \n'.repeat(1_500_000)],
    ['YAML of documents', yaml, '---\n'.repeat(700_000)],
    ['YAML of comments', yaml, '#\n'.repeat(1_500_000)],
    ['YAML of tags', yaml, `- ${'!'.repeat(1_000_000)}`],
    ['YAML of complex keys', yaml, '? '.repeat(1_000_000)],
    ['YAML of one long number', yaml, `data: {k: ${'9'.repeat(2_900_000)}}`],
    ['YAML of one long hexadecimal number', yaml, `data: {k: 0x${'f'.repeat(2_900_000)}}`],
    ['YAML of one long octal number', yaml, `data: {k: 0${'7'.repeat(2_900_000)}}`],
    ['JSON of one long number', json, configMap('9'.repeat(2_900_000))],
    ['JSON of one long fraction', json, configMap(`0.${'9'.repeat(2_900_000)}`)],
    ['JSON of one long text', json, configMap(`"${'\\u0041'.repeat(480_000)}"`)],
    ['JSON of one key many times', json, `{"data":{${Array(300_000).fill('"k":"v"').join(',')}}}`],
    ['JSON of many keys', json, `{"data":{${Array.from({ length: 200_000 }, (_, i) => `"k${i}":"v"`).join(',')}}}`],
    [
      'JSON of many unknown fields',
      json,
      `{"metadata":{"name":"x"},${Array.from({ length: 200_000 }, (_, i) => `"k${i}":1`).join(',')}}`,
    ],
    [
      'JSON of many wrong labels',
      json,
      `{"metadata":{"name":"x","labels":{${Array.from({ length: 100_000 }, (_, i) => `"-${i}":"!"`).join(',')}}}}`,
    ],
    [
      'JSON of many finalizers',
      json,
      `{"metadata":{"name":"x","finalizers":[${Array(300_000).fill('"a"').join(',')}]}}`,
    ],
    [
      'JSON of many owners',
      json,
      `{"metadata":{"name":"x","ownerReferences":[${Array(500_000).fill('{}').join(',')}]}}`,
    ],
    [
      'JSON of many managed fields',
      json,
      `{"metadata":{"name":"x","managedFields":[${Array(500_000).fill('{}').join(',')}]}}`,
    ],
    ['a long name', json, `{"metadata":{"name":"${'a.'.repeat(1_000_000)}"}}`],
    ['a long generateName', json, `{"metadata":{"generateName":"${'a-'.repeat(1_000_000)}"}}`],
    [
      'a long field-breaking label',
      json,
      `{"metadata":{"name":"x","labels":{"${'a/'.repeat(500_000)}":"${'-'.repeat(1_000_000)}"}}}`,
    ],
  ])('%s', async (name, contentType, body) => {
    expect(Buffer.byteLength(body)).toBeLessThanOrEqual(LIMIT);
    await server.survives(name, async () => {
      for (const method of ['POST', 'PUT']) {
        const path = method === 'PUT' ? `${COLLECTION}/kube-root-ca.crt` : COLLECTION;
        const answer = await server.client.send(`${path}?dryRun=All`, { method, body, contentType });
        expect(fault(answer)).toBeUndefined();
        expect([201, 400, 404, 413, 422]).toContain(answer.status);
      }
    });
  });
});

describe('managed fields that nobody can read', () => {
  it('are replaced, however many they are', async () => {
    const entries = Array(95_000).fill('{}').join(',');
    const body = `{"metadata":{"name":"unread","managedFields":[${entries}]},"data":{"a":"1"}}`;
    await server.survives('unreadable managed fields', async () => {
      const answer = await server.client.send(COLLECTION, { method: 'POST', body });
      expect(answer.status).toBe(201);
      expect(answer.text).toContain('"managedFields":[{"manager":');
    });
  });
});

describe('bodies with as many mistakes as values', () => {
  const members = (count: number, key: string, value: string): string =>
    `{${Array.from({ length: count }, (_, i) => `"${key}${i}":${value}`).join(',')}}`;
  const list = (count: number, item: string): string => `[${Array(count).fill(item).join(',')}]`;
  const map = (fields: string): string => `{"metadata":{"name":"x",${fields}}}`;
  const widget = (spec: string): string =>
    `{"apiVersion":"example.com/v1","kind":"Widget","metadata":{"name":"x"},"spec":${spec}}`;

  beforeAll(async () => {
    await serveWidgets(server, 'bodies');
  });

  it.each([
    ['unknown fields', 'configmaps', `{"metadata":{"name":"x"},${members(48_000, 'u', '1').slice(1)}`],
    ['keys of data', 'configmaps', `{"metadata":{"name":"x"},"data":${members(48_000, '/', '"x"')}}`],
    ['labels', 'configmaps', map(`"labels":${members(48_000, '-', '"!"')}`)],
    ['annotations', 'configmaps', map(`"annotations":${members(48_000, '-', '"!"')}`)],
    ['finalizers', 'configmaps', map(`"finalizers":${list(95_000, '"-"')}`)],
    ['owners', 'configmaps', map(`"ownerReferences":${list(95_000, '{}')}`)],
    ['items of the wrong type', 'widgets', widget(`{"numbers":${list(95_000, '"x"')}}`)],
    ['items of a set twice', 'widgets', widget(`{"set":${list(95_000, '"x"')}}`)],
    ['items of a set that match no pattern', 'widgets', widget(`{"set":${list(95_000, `"${'a'.repeat(20)}!"`)}}`)],
    ['resources in a resource', 'widgets', widget(`{"resources":${list(95_000, '{}')}}`)],
  ])('%s', async (name, resource, body) => {
    await server.survives(`many mistakes: ${name}`, async () => {
      const path =
        resource === 'widgets' ? '/clusters/bodies/apis/example.com/v1/namespaces/default/widgets' : COLLECTION;
      const answer = await server.client.send(`${path}?fieldValidation=Strict`, { method: 'POST', body });
      expect(fault(answer)).toBeUndefined();
      expect([400, 422]).toContain(answer.status);
      expect(answer.text.length).toBeLessThan(2 * LIMIT);
    });
  });
});

describe('bodies that are no text', () => {
  const bytes: readonly (readonly [string, Buffer])[] = [
    ['a lone continuation', Buffer.from([0x80])],
    ['an overlong slash', Buffer.from([0xc0, 0xaf])],
    ['a surrogate', Buffer.from([0xed, 0xa0, 0x80])],
    ['a letter cut short', Buffer.from([0xf0, 0x9f])],
    ['beyond Unicode', Buffer.from([0xf5, 0x80, 0x80, 0x80])],
    ['bytes of every kind', Buffer.from(Array.from({ length: 256 }, (_, i) => i))],
    ['a zero', Buffer.from([0])],
    ['UTF-16', Buffer.from('\ufeff{}', 'utf16le')],
  ];

  it.each(bytes)('%s', async (name, noise) => {
    await server.survives(`not UTF-8: ${name}`, async () => {
      for (const contentType of [
        'application/json',
        'application/yaml',
        'application/vnd.kubernetes.protobuf',
        'application/merge-patch+json',
      ]) {
        const wrapped = [
          noise,
          Buffer.concat([Buffer.from('{"metadata":{"name":"x"},"data":{"k":"'), noise, Buffer.from('"}}')]),
        ];
        for (const body of wrapped) {
          const method = contentType.includes('patch') ? 'PATCH' : 'POST';
          const path = method === 'PATCH' ? `${COLLECTION}/none` : COLLECTION;
          expect(fault(await server.client.send(`${path}?dryRun=All`, { method, body, contentType }))).toBeUndefined();
        }
      }
    });
  });
});
