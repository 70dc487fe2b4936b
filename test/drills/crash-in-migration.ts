import { expect } from '@jest/globals';
import type { JsonObject } from '@kcp/api-machinery';
import { isArray, isObject } from '@kcp/api-machinery';
import { hookServer, type HookServer } from '@kcp/outbound/testing';
import { Acknowledged, fields, nameOf, type DrilledServer } from './drilled-server.ts';

const CLUSTER = '/clusters/migrated';
const DEFINITIONS = `${CLUSTER}/apis/apiextensions.k8s.io/v1/customresourcedefinitions`;
const DEFINITION = `${DEFINITIONS}/doors.x.io`;
const doors = (version: string): string => `${CLUSTER}/apis/x.io/${version}/namespaces/default/doors`;
const WRITERS = 8;

/** How large the drill is. */
export interface MigrationDrill {
  readonly objects: number;
  /** The server is killed when so many objects were written anew. */
  readonly acknowledged: number;
}

/** Converts doors: v1 calls `short` what v2 calls `long`. */
export function doorConverter(): Promise<HookServer> {
  return hookServer(({ kind, apiVersion, request }) => {
    const asked = fields(request);
    const { uid, objects, desiredAPIVersion } = asked;
    const convertedObjects = (isArray(objects) ? objects.filter(isObject) : []).map((object) => {
      const { long, short } = fields(object, 'spec');
      const text = short ?? long ?? '';
      const spec = desiredAPIVersion === 'x.io/v2' ? { long: text } : { short: text };
      return { ...object, apiVersion: desiredAPIVersion ?? '', spec };
    });
    const response = { uid: uid ?? '', result: { status: 'Success' }, convertedObjects };
    return { body: { kind: kind ?? '', apiVersion: apiVersion ?? '', response } };
  });
}

/** The definition of doors, with a converter. */
export function doorDefinition(hook: Pick<HookServer, 'clientConfig'>, storage: 'v1' | 'v2' = 'v1'): JsonObject {
  const version = (name: string, field: string): JsonObject => {
    const spec = { type: 'object', properties: { [field]: { type: 'string' } } };
    const openAPIV3Schema = { type: 'object', properties: { spec } };
    return { name, served: true, storage: name === storage, schema: { openAPIV3Schema } };
  };
  const webhook = { clientConfig: { ...hook.clientConfig('/convert') }, conversionReviewVersions: ['v1'] };
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'doors.x.io' },
    spec: {
      group: 'x.io',
      scope: 'Namespaced',
      names: { plural: 'doors', kind: 'Door' },
      versions: [version('v1', 'short'), version('v2', 'long')],
      conversion: { strategy: 'Webhook', webhook },
    },
  };
}

/**
 * Objects of one stored version are written anew as another is stored, and the server dies meanwhile. After its start every object
 * is there in both versions; the migration goes on, and then nobody needs to be asked for the new version.
 */
export async function crashInMigration(server: DrilledServer, drill: MigrationDrill): Promise<void> {
  await using hook = await doorConverter();
  await server.attempt(`${CLUSTER}/api/v1/namespaces`, { method: 'POST', body: { metadata: { name: 'default' } } });
  await server.create(DEFINITIONS, doorDefinition(hook));
  await established(server);
  const names = Array.from({ length: drill.objects }, (_, at) => `door-${at}`);
  await eachOf(names, (name) => server.create(doors('v1'), door('v1', { name }, { short: `text of ${name}` })));
  const { spec } = doorDefinition(hook, 'v2');
  await server.patch(DEFINITION, { spec: { versions: fields(spec)['versions'] ?? [] } });
  const acknowledged = new Acknowledged();
  const crashed = acknowledged.reaches(drill.acknowledged).then(() => server.crash());
  await eachOf(names, (name) => rewrite(server, name, () => acknowledged.add()));
  await crashed;
  await server.restart();
  await checkAll(server, names);
  await eachOf(names, (name) => rewrite(server, name, () => {}));
  await finish(server, names, hook);
}

async function finish(server: DrilledServer, names: readonly string[], hook: HookServer): Promise<void> {
  const status = { storedVersions: ['v2'] };
  await server.patch(`${DEFINITION}/status`, { status });
  expect(fields(await server.request(DEFINITION), 'status')['storedVersions']).toEqual(['v2']);
  await checkAll(server, names);
  hook.forget();
  expect((await server.items(doors('v2'))).length).toBe(names.length);
  expect(hook.reviews).toEqual([]);
}

async function checkAll(server: DrilledServer, names: readonly string[]): Promise<void> {
  for (const [version, field] of [
    ['v1', 'short'],
    ['v2', 'long'],
  ] as const) {
    const items = await server.items(doors(version));
    const texts = Object.fromEntries(items.map((item) => [nameOf(item), fields(item, 'spec')[field]]));
    expect(texts).toEqual(Object.fromEntries(names.map((name) => [name, `text of ${name}`])));
  }
}

/** Reads an object and writes it back as it is, as whoever migrates stored versions does. */
async function rewrite(server: DrilledServer, name: string, onAnswer: () => void): Promise<void> {
  const path = `${doors('v2')}/${name}`;
  const read = await server.attempt(path);
  if (read === undefined) return;
  expect([read.status, read.text]).toEqual([200, expect.any(String)]);
  const written = await server.attempt(path, { method: 'PUT', body: read.object });
  if (written === undefined) return;
  expect([written.status, written.text]).toEqual([200, expect.any(String)]);
  onAnswer();
}

function door(version: string, metadata: JsonObject, spec: JsonObject): JsonObject {
  return { apiVersion: `x.io/${version}`, kind: 'Door', metadata, spec };
}

async function established(server: DrilledServer): Promise<void> {
  await server.becomes(DEFINITIONS, ([definition]) => {
    const { conditions } = fields(definition, 'status');
    const all = isArray(conditions) ? conditions.filter(isObject) : [];
    return all.some(({ type, status }) => type === 'Established' && status === 'True');
  });
}

/** A few at a time. */
async function eachOf(names: readonly string[], work: (name: string) => Promise<unknown>): Promise<void> {
  const left = [...names];
  await Promise.all(
    Array.from({ length: WRITERS }, async () => {
      for (let name = left.shift(); name !== undefined; name = left.shift()) await work(name);
    }),
  );
}
