import { describe, expect, it } from '@jest/globals';
import { type JsonObject, type KubeObject, stringifyJson } from '@kcp/api-machinery';
import type { StoredObject } from '@kcp/object-store';
import type { Exchange } from '../exchange.ts';
import { writeYaml } from '../media/yaml.ts';
import { inlineOffload } from '../offload/inline-offload.ts';
import type { ServedResource } from '../served-resource.ts';
import { type ListForm, respondWrittenList } from './written-list.ts';

const resource = { fingerprint: 'f' } as ServedResource;
const exchange = { offload: inlineOffload(), cluster: 'a', auditId: 'x', warnings: [] } as unknown as Exchange;

/** Objects, some of them beyond a page, with texts that look like the list itself. */
function objects(count: number, textLength = 10): KubeObject[] {
  return Array.from({ length: count }, (_, at) => ({
    apiVersion: 'v1',
    kind: 'Widget',
    metadata: { name: `w${at}`, annotations: { trap: '\nitems: []\n"items":[' } },
    spec: { text: 'é"\n'.repeat(textLength), big: 9_223_372_036_854_775_807n, none: [], empty: {} },
  }));
}

function stored(object: KubeObject): StoredObject {
  return { fingerprint: 'f', jsonSize: stringifyJson(object).length, decode: () => object } as StoredObject;
}

function items(listed: readonly KubeObject[]): JsonObject {
  const metadata = { continue: '\nitems: []\n"items": [', resourceVersion: '7' };
  return { kind: 'WidgetList', apiVersion: 'v1', metadata, items: [...listed] };
}

function rows(listed: readonly KubeObject[]): JsonObject {
  const columnDefinitions = [{ name: 'rows', description: 'a\nrows: []\n"rows":[' }];
  return { kind: 'Table', columnDefinitions, rows: listed.map(({ metadata }) => ({ cells: [metadata.name ?? ''] })) };
}

async function written(list: KubeObject[], form: Pick<ListForm, 'make' | 'member' | 'format'>): Promise<string> {
  const { body } = await respondWrittenList(exchange, list.map(stored), { resource, ...form });
  return Buffer.concat(body as readonly Uint8Array[]).toString();
}

const whole: Readonly<Record<ListForm['format'], (value: JsonObject) => string>> = {
  json: (value) => `${stringifyJson(value)}\n`,
  pretty: (value) => `${stringifyJson(value, 2)}\n`,
  yaml: writeYaml,
};

describe.each(['json', 'pretty', 'yaml'] as const)('a list that is written piece by piece as %s', (format) => {
  it.each([
    ['no objects', objects(0)],
    ['one object', objects(1)],
    ['several pages', objects(1_101)],
    ['large objects', objects(4, 100_000)],
  ])('is what it would be at once: %s', async (_what, list) => {
    expect(await written(list, { make: items, member: 'items', format })).toBe(whole[format](items(list)));
    expect(await written(list, { make: rows, member: 'rows', format })).toBe(whole[format](rows(list)));
  });
});
