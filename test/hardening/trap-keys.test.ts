import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import {
  isObject,
  own,
  parseJson,
  put,
  stringifyJson,
  type Json,
  type JsonObject,
  type MutableJsonObject,
} from '@kcp/api-machinery';
import { items } from '../isolation/served-kind.ts';
import { fault } from './answers.ts';
import type { BareRequest } from './bare-client.ts';
import { create, createNamespaces, serveWidgets } from './fixture.ts';
import { startProbedServer, type ProbedServer } from './probe.ts';

const CLUSTER = '/clusters/traps';
const MAPS = `${CLUSTER}/api/v1/namespaces/default/configmaps`;
const WIDGETS = `${CLUSTER}/apis/example.com/v1/namespaces/default/widgets`;
const TRAPS = [
  '__proto__',
  'constructor',
  'prototype',
  'toString',
  'hasOwnProperty',
  'valueOf',
  '__defineGetter__',
  'then',
  'toJSON',
  'length',
  '10',
  '9',
  '-1',
  '0',
];
/** Labels begin with a letter or a digit. */
const LABELS = TRAPS.filter((key) => /^[a-z0-9]/i.test(key));

let server: ProbedServer;
beforeAll(async () => {
  server = await startProbedServer();
  await createNamespaces(server, 'traps', ['default']);
  await serveWidgets(server, 'traps');
});
afterAll(async () => {
  await server[Symbol.asyncDispose]();
});

function traps(keys: readonly string[], value: (key: string) => Json): JsonObject {
  const object: MutableJsonObject = {};
  for (const key of keys) put(object, key, value(key));
  return object;
}

const data = traps(TRAPS, (key) => `value of ${key}`);
const labels = traps(LABELS, (key) => `v-${key}`.replace(/-+$/, ''));

function member(object: JsonObject, ...path: readonly string[]): JsonObject {
  let at: JsonObject = object;
  for (const key of path) {
    const next = own(at, key);
    at = isObject(next) ? next : {};
  }
  return at;
}

/** Equal as JSON texts with sorted keys: `toEqual` itself is blind to `__proto__`. */
function flat(object: JsonObject): string {
  return Object.entries(object)
    .map(([key, value]) => `${key}=${stringifyJson(value ?? null)}`)
    .sort()
    .join('\n');
}

async function ok(path: string, request?: BareRequest): Promise<JsonObject> {
  const answer = await server.client.send(path, request);
  if (answer.status > 201) throw new Error(`${path}: ${answer.status} ${answer.text}`);
  return answer.object;
}

describe('keys that mean something to JavaScript', () => {
  it('stay what they are in a built-in object', async () => {
    await server.survives('trap keys in built-in objects', async () => {
      const made = await create(server, MAPS, { metadata: { name: 'a', labels, annotations: labels }, data });
      const one = await ok(`${MAPS}/a`);
      const [listed = {}] = items(await ok(MAPS), 'items');
      const replaced = await ok(`${MAPS}/a`, { method: 'PUT', body: stringifyJson(one) });
      const copy = { metadata: { name: 'b', labels, annotations: labels }, data };
      const fromYaml = await ok(MAPS, { method: 'POST', body: stringifyJson(copy), contentType: 'application/yaml' });
      for (const object of [made.object, one, listed, replaced, fromYaml]) {
        expect(flat(member(object, 'data'))).toBe(flat(data));
        expect(flat(member(object, 'metadata', 'labels'))).toBe(flat(labels));
        expect(flat({ ...member(object, 'metadata', 'annotations'), 'kcp.io/cluster': '' })).toBe(
          flat({ ...labels, 'kcp.io/cluster': '' }),
        );
      }
      const yaml = await server.client.send(`${MAPS}/a`, { headers: { accept: 'application/yaml' } });
      const again = await ok(MAPS, {
        method: 'POST',
        body: yaml.text.replace(/name: a$/m, 'name: c').replace(/^ {2}(resourceVersion|uid):.*\n/gm, ''),
        contentType: 'application/yaml',
      });
      expect(flat(member(again, 'data'))).toBe(flat(data));
    });
  });

  it.each([
    ['application/merge-patch+json', (key: string) => stringifyJson({ data: traps([key], () => 'patched') })],
    ['application/strategic-merge-patch+json', (key: string) => stringifyJson({ data: traps([key], () => 'patched') })],
    [
      'application/json-patch+json',
      (key: string) => stringifyJson([{ op: 'add', path: `/data/${key}`, value: 'patched' }]),
    ],
  ])('are patched by %s', async (contentType, body) => {
    await server.survives(`trap keys by ${contentType}`, async () => {
      const name = contentType.replaceAll(/[^a-z]/g, '');
      await create(server, MAPS, { metadata: { name }, data: { kept: 'yes' } });
      for (const key of TRAPS) await ok(`${MAPS}/${name}`, { method: 'PATCH', body: body(key), contentType });
      const wanted = traps([...TRAPS, 'kept'], (key) => (key === 'kept' ? 'yes' : 'patched'));
      expect(flat(member(await ok(`${MAPS}/${name}`), 'data'))).toBe(flat(wanted));
      for (const key of TRAPS) {
        const remove = contentType.includes('json-patch')
          ? stringifyJson([{ op: 'remove', path: `/data/${key}` }])
          : stringifyJson({ data: parseJson(`{${JSON.stringify(key)}:null}`) });
        await ok(`${MAPS}/${name}`, { method: 'PATCH', body: remove, contentType });
      }
      expect(flat(member(await ok(`${MAPS}/${name}`), 'data'))).toBe('kept="yes"');
    });
  });

  it('are no way to what objects inherit', async () => {
    await server.survives('patches of prototypes', async () => {
      await create(server, MAPS, { metadata: { name: 'inherit' }, data: { k: 'v' } });
      await create(server, WIDGETS, {
        apiVersion: 'example.com/v1',
        kind: 'Widget',
        metadata: { name: 'inherit' },
        spec: { a: {} },
      });
      const paths = [
        '/__proto__/x',
        '/constructor/prototype/x',
        '/data/__proto__/x',
        '/metadata/constructor/prototype/x',
        '/data/toString/x',
        '/spec/a/__proto__/x',
        '/spec/a/constructor/x',
      ];
      for (const path of paths) {
        for (const op of ['add', 'replace', 'test', 'remove', 'copy', 'move']) {
          for (const collection of [MAPS, WIDGETS]) {
            const body = stringifyJson([{ op, path, from: path, value: 'polluted' }]);
            const answer = await server.client.send(`${collection}/inherit`, {
              method: 'PATCH',
              body,
              contentType: 'application/json-patch+json',
            });
            expect(fault(answer)).toBeUndefined();
            expect([400, 422]).toContain(answer.status);
          }
        }
      }
      for (const body of [
        '{"__proto__":{"x":"polluted"}}',
        '{"data":{"__proto__":{"x":"polluted"}}}',
        '{"metadata":{"__proto__":{"x":1},"constructor":{"prototype":{"x":1}}}}',
      ]) {
        for (const type of ['merge', 'strategic-merge']) {
          const answer = await server.client.send(`${MAPS}/inherit`, {
            method: 'PATCH',
            body,
            contentType: `application/${type}-patch+json`,
          });
          expect(fault(answer)).toBeUndefined();
        }
      }
    });
  });

  it('stay what they are at any depth of a custom object', async () => {
    await server.survives('trap keys in custom objects', async () => {
      const spec = {
        ...traps(TRAPS, () => traps(TRAPS, () => ({ deep: traps(TRAPS, (key) => key) }))),
        list: [traps(TRAPS, (key) => key)],
      };
      put(spec, '__proto__', { own: true });
      await create(server, WIDGETS, { apiVersion: 'example.com/v1', kind: 'Widget', metadata: { name: 'deep' }, spec });
      const seen = member(await ok(`${WIDGETS}/deep`), 'spec');
      expect(sorted(seen)).toBe(sorted(spec));
      const patch = stringifyJson({ spec: { constructor: { constructor: { deep: { constructor: 'patched' } } } } });
      const patched = await ok(`${WIDGETS}/deep`, {
        method: 'PATCH',
        body: patch,
        contentType: 'application/merge-patch+json',
      });
      expect(own(member(patched, 'spec', 'constructor', 'constructor', 'deep'), 'constructor')).toBe('patched');
      expect(own(member(patched, 'spec', 'constructor', 'constructor', 'deep'), 'toString')).toBe('toString');
    });
  });

  it('select nothing that does not have them', async () => {
    await server.survives('trap keys in selectors', async () => {
      await create(server, MAPS, { metadata: { name: 'plain', labels: { only: 'plain' } } });
      for (const key of LABELS) {
        const found = items(await ok(`${MAPS}?labelSelector=${key},only`), 'items');
        expect(found).toEqual([]);
      }
      for (const key of TRAPS) {
        for (const query of [
          `fieldSelector=${key}%3Dx`,
          `fieldSelector=${key}%21%3Dx`,
          `${key}=x`,
          `resourceVersionMatch=${key}`,
          `dryRun=${key}`,
          `fieldValidation=${key}`,
          `propagationPolicy=${key}`,
        ]) {
          for (const method of ['GET', 'POST', 'DELETE']) {
            const target = method === 'DELETE' ? `${MAPS}/none` : MAPS;
            const answer = await server.client.send(`${target}?${query}`, {
              method,
              ...(method === 'POST' && { body: '{}' }),
            });
            expect(fault(answer)).toBeUndefined();
          }
        }
      }
    });
  });

  it('are no groups, resources, namespaces, names, media types or methods', async () => {
    await server.survives('trap keys in paths', async () => {
      for (const key of TRAPS) {
        const paths = [
          `/apis/${key}`,
          `/apis/${key}/v1`,
          `/apis/${key}/v1/x`,
          `/api/${key}/x`,
          `/api/v1/${key}`,
          `/api/v1/namespaces/${key}/configmaps`,
          `/api/v1/namespaces/default/configmaps/${key}`,
          `/api/v1/namespaces/default/configmaps/inherit/${key}`,
          `/openapi/v3/${key}`,
          `/openapi/v3/apis/${key}/v1`,
          `/livez/${key}`,
          `/${key}`,
        ];
        for (const path of paths) {
          for (const method of ['GET', 'POST', 'PUT', 'PATCH', 'DELETE']) {
            const answer = await server.client.send(CLUSTER + path, {
              method,
              ...(method !== 'GET' && { body: '{}' }),
            });
            expect([path, method, fault(answer)]).toEqual([path, method, undefined]);
          }
        }
        for (const header of [
          'accept',
          'content-type',
          'x-kubernetes-cluster',
          'authorization',
          'accept-encoding',
          'impersonate-user',
        ]) {
          expect(
            fault(await server.client.send(`/api/v1/namespaces/default`, { headers: { [header]: key } })),
          ).toBeUndefined();
        }
      }
    });
  });
});

function sorted(object: JsonObject): string {
  const lines: string[] = [];
  const visit = (at: string, value: unknown): void => {
    if (typeof value !== 'object' || value === null) lines.push(`${at}=${JSON.stringify(value)}`);
    else for (const [key, item] of Object.entries(value)) visit(`${at}/${key}`, item);
  };
  visit('', object);
  return lines.sort().join('\n');
}

describe('integers that a double cannot hold', () => {
  const big = '9223372036854775807';

  it.each([big, '-9223372036854775808', '9007199254740993'])('%s stays what it is', async (digits) => {
    await server.survives(`the integer ${digits}`, async () => {
      const name = `number-${digits.length}`;
      const body = `{"apiVersion":"example.com/v1","kind":"Widget","metadata":{"name":"${name}"},"spec":{"number":${digits},"other":[${digits}]}}`;
      const path = `${WIDGETS}/${name}`;
      const merge = { method: 'PATCH', contentType: 'application/merge-patch+json' };
      const json = { method: 'PATCH', contentType: 'application/json-patch+json' };
      const shows = async (target: string, request?: BareRequest): Promise<void> => {
        const { status, text } = await server.client.send(target, request);
        expect([status, text]).toEqual([status === 201 ? 201 : 200, text]);
        expect(text.match(new RegExp(`(?<![0-9])${digits}(?![0-9])`, 'g'))?.length).toBe(2);
      };
      await shows(`${WIDGETS}?dryRun=All`, { method: 'POST', body });
      await shows(WIDGETS, { method: 'POST', body });
      await shows(path);
      await shows(`${path}?pretty=true`);
      await shows(path, { headers: { accept: 'application/yaml' } });
      await shows(`${WIDGETS}?fieldSelector=metadata.name%3D${name}`);
      await shows(`${WIDGETS}?fieldSelector=metadata.name%3D${name}&watch=true&timeoutSeconds=1`);
      await shows(path, { ...merge, body: '{"spec":{"x":1}}' });
      await shows(path, { ...merge, body: `{"spec":{"number":${digits}}}` });
      await shows(path, {
        ...json,
        body: `[{"op":"test","path":"/spec/number","value":${digits}},{"op":"replace","path":"/spec/number","value":${digits}}]`,
      });
      await shows(path, { method: 'PUT', body: (await server.client.send(path)).text });
      await shows(path, {
        method: 'PUT',
        body: (await server.client.send(path, { headers: { accept: 'application/yaml' } })).text,
        contentType: 'application/yaml',
      });
    });
  });

  it('beyond 64 bits are refused where the schema says int64', async () => {
    const body = `{"apiVersion":"example.com/v1","kind":"Widget","metadata":{"name":"beyond"},"spec":{"number":92233720368547758070}}`;
    const answer = await server.client.send(WIDGETS, { method: 'POST', body });
    expect(fault(answer)).toBeUndefined();
    expect([400, 422]).toContain(answer.status);
  });
});
