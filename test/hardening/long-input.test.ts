import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { once } from 'node:events';
import { stringifyJson, type Json } from '@kcp/api-machinery';
import { fault } from './answers.ts';
import { create, createNamespaces, serveWidgets } from './fixture.ts';
import { startProbedServer, type ProbedServer } from './probe.ts';

const MAPS = '/clusters/long/api/v1/namespaces/default/configmaps';
const WIDGETS = '/clusters/long/apis/example.com/v1/namespaces/default/widgets';

let server: ProbedServer;
beforeAll(async () => {
  server = await startProbedServer();
  await createNamespaces(server, 'long', ['default']);
  await serveWidgets(server, 'long');
  for (let i = 0; i < 200; i += 1)
    await create(server, MAPS, { metadata: { name: `m${i}`, labels: { number: String(i) } } });
  await create(server, WIDGETS, {
    apiVersion: 'example.com/v1',
    kind: 'Widget',
    metadata: { name: 'w' },
    spec: { a: { text: 'x'.repeat(1000) } },
  });
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

const KILO = 60_000;

describe('long selectors', () => {
  it.each([
    ['of 30,000 keys', Array(30_000).fill('a').join(',')],
    ['of different keys', Array.from({ length: 8_000 }, (_, i) => `k${i}`).join(',')],
    ['of a set', `number in (${Array.from({ length: 9_000 }, (_, i) => i).join(',')})`],
    ['of sets never closed', 'a in ('.repeat(9_000)],
    ['of blanks', `a${' '.repeat(KILO)}=b`],
    ['of exclamation marks', '!'.repeat(KILO)],
    ['of equals signs', `a${'='.repeat(KILO)}`],
    ['of one long key', 'a'.repeat(KILO)],
    ['of one long value', `a=${'b'.repeat(KILO)}`],
    ['of numbers', Array(9_000).fill('a>1').join(',')],
  ])('%s', async (name, selector) => {
    await server.survives(`a selector ${name}`, async () => {
      for (const parameter of ['labelSelector', 'fieldSelector']) {
        for (const more of ['', '&watch=true&timeoutSeconds=0']) {
          const answer = await server.client.send(`${MAPS}?${parameter}=${selector.replaceAll(' ', '+')}${more}`);
          if (answer.status !== 200) expect([name, fault(answer)]).toEqual([name, undefined]);
        }
      }
    });
  });

  it('of 100 KB are more than a request line may have', async () => {
    await server.survives('a selector of 100 KB', async () => {
      const answer = await server.client.send(`${MAPS}?labelSelector=${'a,'.repeat(50_000)}`);
      expect([answer.status, fault(answer)]).toEqual([431, undefined]);
    });
  });
});

describe('long patches', () => {
  const json = 'application/json-patch+json';
  const times = (count: number, value: Json): Json[] => Array.from({ length: count }, () => value);
  const repeat = (count: number, operation: (i: number) => Json): string =>
    stringifyJson(Array.from({ length: count }, (_, i) => operation(i)));

  it.each<[string, string, string, string, readonly number[]]>([
    [
      '10,000 tests',
      WIDGETS,
      json,
      repeat(10_000, () => ({ op: 'test', path: '/spec/a/text', value: 'x'.repeat(100) })),
      [422],
    ],
    [
      '10,000 additions at the front',
      WIDGETS,
      json,
      stringifyJson([
        { op: 'add', path: '/spec/l', value: [] },
        ...times(9_999, { op: 'add', path: '/spec/l/0', value: 1 }),
      ]),
      [200],
    ],
    [
      '10,000 moves',
      WIDGETS,
      json,
      repeat(10_000, (i) => ({ op: 'move', from: i % 2 ? '/spec/b' : '/spec/a', path: i % 2 ? '/spec/a' : '/spec/b' })),
      [200],
    ],
    ['10,001 operations', WIDGETS, json, repeat(10_001, () => ({ op: 'test', path: '/kind', value: 'Widget' })), [413]],
    [
      'copies that double',
      WIDGETS,
      json,
      repeat(60, (i) => ({ op: 'copy', from: '/spec', path: `/spec/c${i}` })),
      [400, 413, 422],
    ],
    [
      'copies of lists that double',
      WIDGETS,
      json,
      stringifyJson([
        { op: 'add', path: '/spec/l', value: ['x'.repeat(1000)] },
        ...times(40, { op: 'copy', from: '/spec/l', path: '/spec/l/-' }),
      ]),
      [400, 413, 422],
    ],
    [
      'a path 500,000 deep',
      WIDGETS,
      json,
      stringifyJson([{ op: 'add', path: '/spec'.repeat(500_000), value: 1 }]),
      [400, 422],
    ],
    [
      'a path of escapes',
      WIDGETS,
      json,
      stringifyJson([{ op: 'add', path: `/spec/${'~1~0'.repeat(500_000)}`, value: 1 }]),
      [400, 413, 422, 200],
    ],
    [
      'an index of a million digits',
      WIDGETS,
      json,
      stringifyJson([
        { op: 'add', path: '/spec/l', value: [] },
        { op: 'add', path: `/spec/l/${'9'.repeat(1_000_000)}`, value: 1 },
      ]),
      [400, 422],
    ],
    [
      'a merge 900 deep',
      WIDGETS,
      'application/merge-patch+json',
      `${'{"spec":'.repeat(900)}1${'}'.repeat(900)}`,
      [200, 400, 422],
    ],
    [
      'a merge of 90,000 fields',
      WIDGETS,
      'application/merge-patch+json',
      stringifyJson({ spec: Object.fromEntries(Array.from({ length: 90_000 }, (_, i) => [`k${i}`, null])) }),
      [200, 400, 413, 422],
    ],
    [
      'a merge of 90,000 keys',
      MAPS,
      'application/merge-patch+json',
      stringifyJson({ data: Object.fromEntries(Array.from({ length: 90_000 }, (_, i) => [`k${i}`, ''])) }),
      [200, 400, 413, 422],
    ],
    [
      'a strategic merge of 10,000 owners',
      MAPS,
      'application/strategic-merge-patch+json',
      stringifyJson({ metadata: { ownerReferences: Array.from({ length: 10_000 }, (_, i) => ({ uid: String(i) })) } }),
      [400, 422],
    ],
    [
      'a strategic merge of 10,000 orders',
      MAPS,
      'application/strategic-merge-patch+json',
      stringifyJson({
        metadata: {
          '$setElementOrder/finalizers': Array.from({ length: 10_000 }, (_, i) => `a.b/${i}`),
          finalizers: Array.from({ length: 10_000 }, (_, i) => `a.b/${i}`),
        },
      }),
      [200, 400, 422],
    ],
    [
      'a strategic merge of 10,000 directives',
      MAPS,
      'application/strategic-merge-patch+json',
      stringifyJson({ metadata: { ownerReferences: times(10_000, { $patch: 'delete', uid: 'x' }) } }),
      [200, 400, 422],
    ],
    [
      'strategic merge directives of the wrong type',
      MAPS,
      'application/strategic-merge-patch+json',
      stringifyJson({
        data: { $patch: 1 },
        metadata: { $retainKeys: 'x', '$deleteFromPrimitiveList/finalizers': {}, '$setElementOrder/x': 1 },
      }),
      [400, 422, 500],
    ],
  ])('%s', async (name, collection, contentType, body, statuses) => {
    const item = collection === MAPS ? 'm0' : 'w';
    await server.survives(name, async () => {
      const answer = await server.client.send(`${collection}/${item}?dryRun=All`, {
        method: 'PATCH',
        body,
        contentType,
      });
      expect([name, fault(answer)]).toEqual([name, undefined]);
      expect(statuses).toContain(answer.status);
    });
  });
});

describe('long and odd targets', () => {
  const odd = [
    '%00',
    '%',
    '%z',
    '%zz',
    '%2f',
    '%2F..',
    '%2e%2e',
    '..',
    '.',
    '%252f',
    '%c0%af',
    '%ff',
    '%ed%a0%80',
    ';',
    '\\',
    '%5c',
    '//',
    '%0d%0aset-cookie:x',
    '*',
    '%2a',
    '~',
    '@',
    '[::1]',
    '%e2%80%ae',
    'é',
  ];

  it('of any shape are answered', async () => {
    await server.survives('odd paths', async () => {
      for (const part of odd) {
        const paths = [
          `/${part}`,
          `/clusters/${part}`,
          `/clusters/${part}/api/v1/configmaps`,
          `/clusters/long/${part}/api/v1/configmaps`,
          `/clusters/long/api/${part}`,
          `/clusters/long/api/v1/${part}`,
          `/clusters/long/api/v1/namespaces/${part}/configmaps`,
          `/clusters/long/api/v1/namespaces/${part}`,
          `${MAPS}/${part}`,
          `${MAPS}/m0/${part}`,
          `${MAPS}/m0?${part}=${part}`,
          `${MAPS}?fieldSelector=metadata.name%3D${part}&watch=1&timeoutSeconds=0`,
          `/apis/${part}/v1/x`,
          `/openapi/v3/apis/${part}/v1`,
        ];
        for (const path of paths) {
          for (const method of ['GET', 'POST', 'DELETE']) {
            const answer = await server.client.send(encodeURI(path).replaceAll('%25', '%'), {
              method,
              ...(method === 'POST' && { body: '{"metadata":{"name":"x"}}' }),
            });
            if (answer.status !== 200) expect([method, path, fault(answer)]).toEqual([method, path, undefined]);
          }
        }
      }
    });
  });

  it('of many segments and parameters are answered', async () => {
    await server.survives('long paths', async () => {
      for (const path of [
        '/a'.repeat(25_000),
        `/clusters/${'a'.repeat(60_000)}`,
        `/clusters/${'a:'.repeat(29_000)}a`,
        `${MAPS}/${'a'.repeat(60_000)}`,
        `${MAPS}?${'a&'.repeat(29_000)}`,
        `${MAPS}?${'limit=1&'.repeat(7_000)}`,
        `${MAPS}?${'%41'.repeat(19_000)}`,
        `/api/v1/namespaces/${'%2f'.repeat(19_000)}`,
      ]) {
        const answer = await server.client.send(path);
        if (answer.status !== 200) expect([path.slice(0, 50), fault(answer)]).toEqual([path.slice(0, 50), undefined]);
      }
      const answer = await server.client.send(`/${'a'.repeat(100_000)}`);
      expect([answer.status, fault(answer)]).toEqual([431, undefined]);
    });
  });
});

describe('floods of headers', () => {
  it('are read or refused over HTTP/1.1', async () => {
    await server.survives('header floods', async () => {
      for (const [count, size] of [
        [1_500, 10],
        [3, 18_000],
        [1, 60_000],
        [10_000, 1],
        [1, 100_000],
      ] as const) {
        const headers = Object.fromEntries(Array.from({ length: count }, (_, i) => [`x-${i}`, 'a'.repeat(size)]));
        const answer = await server.client.send(MAPS, { headers });
        expect([200, 400, 431]).toContain(answer.status);
      }
      for (const header of [
        'accept',
        'accept-encoding',
        'authorization',
        'x-kubernetes-cluster',
        'content-type',
        'if-none-match',
        'user-agent',
        'impersonate-group',
        'impersonate-extra-a',
        'audit-id',
        'cookie',
        'te',
      ]) {
        for (const value of [
          ';'.repeat(50_000),
          'a,'.repeat(25_000),
          'a=b;'.repeat(12_000),
          '"'.repeat(50_000),
          '*/*;q=0.'.repeat(6_000),
        ]) {
          const answer = await server.client.send('/api/v1/namespaces/default', { headers: { [header]: value } });
          if (answer.status !== 200) expect([header, fault(answer)]).toEqual([header, undefined]);
        }
      }
    });
  });

  it('are read or refused over HTTP/2', async () => {
    await server.survives('header floods over HTTP/2', async () => {
      const session = server.client.session();
      await once(session, 'remoteSettings');
      for (const size of [10, 1_000, 60_000, 500_000, 2_000_000]) {
        if (session.destroyed) break;
        const headers = Object.fromEntries(Array.from({ length: 20 }, (_, i) => [`x-${i}`, 'a'.repeat(size / 20)]));
        const stream = session.request({ ':path': '/livez', ...headers });
        stream.on('error', () => {});
        stream.resume();
        await new Promise((resolve) => stream.on('close', resolve));
      }
      session.destroy();
    });
  });

  it('with any method over HTTP/2 are answered', async () => {
    await server.survives('odd methods', async () => {
      const session = server.client.session();
      for (const method of [
        'constructor',
        '__proto__',
        'toString',
        'BREW',
        'get',
        'OPTIONS',
        'TRACE',
        'HEAD',
        'x'.repeat(1000),
      ]) {
        for (const path of [MAPS, `${MAPS}/m0`, '/livez', '/apis', '/openapi/v2']) {
          const stream = session.request({
            ':method': method,
            ':path': path,
            authorization: `Bearer ${server.address.token}`,
          });
          stream.on('error', () => {});
          const [head] = await once(stream, 'response');
          expect([method, path, Number(head[':status']) < 500]).toEqual([method, path, true]);
          stream.resume();
          await once(stream, 'close');
        }
      }
      session.destroy();
    });
  });
});
