import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { badRequest, type JsonObject, type KubeObject } from '@kcp/api-machinery';
import { parseName } from '@kcp/logical-cluster';
import { admissionAttributes, firstPass } from '../testing/admission-attributes.ts';
import { PolicyWorld } from '../testing/policy-world.ts';

const config = (data: JsonObject): KubeObject => {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'c', namespace: 'here' }, data };
};
const json = (expression: string) => ({ patchType: 'JSONPatch', jsonPatch: { expression } });
const apply = (expression: string) => ({ patchType: 'ApplyConfiguration', applyConfiguration: { expression } });
const add = (key: string, value: string) => json(`[JSONPatch{op: "add", path: "/data/${key}", value: ${value}}]`);

let world: PolicyWorld;
beforeEach(async () => {
  world = await PolicyWorld.open();
  await world.put('namespaces', { metadata: { name: 'here' } });
});
afterEach(() => world[Symbol.dispose]());

async function changed(data: JsonObject): Promise<unknown> {
  const { object, error } = await world.change({ object: config(data) });
  return error?.message ?? object?.['data'];
}

describe('mutating policies', () => {
  it('leave alone what is in a logical cluster without them', async () => {
    const attributes = admissionAttributes();
    expect(world.mutating.mutate?.(attributes, firstPass)).toBe(attributes.object);
    expect(world.reads).toEqual(['generation mutatingadmissionpolicybindings']);
    await world.mutate('p', { mutations: [add('a', '"x"')] });
    const cluster = parseName('other');
    expect((await world.change({ ...(cluster && { cluster }), object: config({}) })).object).toEqual(config({}));
  });

  it('lay a configuration over what was sent', async () => {
    const built = 'Object{metadata: Object.metadata{labels: {"l": "x"}}, data: {"new": "1", "kept": "over"}}';
    await world.mutate('p', { mutations: [apply(built)] });
    const { object } = await world.change({ object: config({ kept: 'mine', other: 'stays' }) });
    expect(object).toEqual({
      ...config({ kept: 'over', other: 'stays', new: '1' }),
      metadata: { name: 'c', namespace: 'here', labels: { l: 'x' } },
    });
  });

  it.each([
    [
      'Object{data: {"a": 1}}',
      /error applying patch: failed to convert patch object to typed object: \.data\.a: expected string/,
    ],
    ['Object{nothing: "a"}', /field not declared in schema/],
    ['Object{whole: ["a"]}', /invalid ApplyConfiguration: may not mutate atomic arrays, maps or structs: \.whole/],
    [
      'Object{metadata: Object.spec{}}',
      /type mismatch: unexpected type name "Object.spec", expected "Object.metadata"/,
    ],
  ])('refuse the configuration %s', async (expression, why) => {
    await world.mutate('p', { mutations: [apply(expression)] });
    expect(await changed({})).toMatch(why);
  });

  it('change by operations, and one change sees what those before it did', async () => {
    await world.mutate('p', { mutations: [add('a', '"1"'), add('b', 'object.data.a + "2"')] });
    expect(await changed({})).toEqual({ a: '1', b: '12' });
  });

  it('change nothing where a test among the operations does not hold', async () => {
    const expression =
      '[JSONPatch{op: "add", path: "/data/b", value: "x"}, JSONPatch{op: "test", path: "/data/a", value: "y"}]';
    await world.mutate('p', { mutations: [json(expression)] });
    expect(await changed({ a: 'z' })).toEqual({ a: 'z' });
    expect(await changed({ a: 'y' })).toEqual({ a: 'y', b: 'x' });
  });

  it('escape keys in paths, and tests say where they are not at home', async () => {
    const expression = '[JSONPatch{op: "add", path: "/data/" + jsonpatch.escapeKey("a/b~c"), value: "x"}]';
    await world.mutate('p', { mutations: [json(expression)] });
    expect(await changed({})).toEqual({ 'a/b~c': 'x' });
    await world.mutate('p', { mutations: [json('[JSONPatch{op: "test", path: "/no/where", value: 1}]')] });
    expect(await changed({})).toMatch('test operation does not apply: doc is missing path: "/no/where": missing value');
  });

  it('that cannot do their work refuse the write: 403 that says Invalid, all causes told', async () => {
    const remove = json('[JSONPatch{op: "remove", path: "/data/none"}]');
    await world.mutate('p', { mutations: [remove, add('b', 'string(object.data.none)')] });
    const { error } = await world.change({ object: config({}) });
    const by = "policy 'p' with binding 'p' denied request: ";
    const why = `${by}JSON Patch: error in remove for path: '/data/none': Unable to remove nonexistent key: none: missing value`;
    expect([error?.code, error?.reason, error?.message]).toEqual([403, 'Invalid', why]);
    expect(error?.details?.causes).toEqual([
      { message: why },
      { message: expect.stringContaining(`${by}expression '[JSONPatch{op: "add"`) },
    ]);
  });

  it('that may fail leave the rest of their changes in force', async () => {
    const mutations = [add('b', 'string(object.data.none)'), add('after', '"x"')];
    await world.mutate('p', { failurePolicy: 'Ignore', mutations });
    expect(await changed({})).toEqual({ after: 'x' });
  });

  it('that make something else of an object are the ones to blame: 500', async () => {
    await world.mutate('p', { mutations: [add('a', '1')] });
    const decode = (): never => {
      throw badRequest('no number here');
    };
    const { error } = await world.change({ object: config({}), decode });
    expect([error?.code, error?.message]).toEqual([500, 'Internal error occurred: no number here']);
  });

  it('run in the order of their names, once each, or again where something changed after them', async () => {
    const trace = (by: string) => add('trace', `(has(object.data.trace) ? object.data.trace : "") + "${by}"`);
    await world.mutate('b', { mutations: [trace('b')] });
    await world.mutate('a', { mutations: [trace('a')] });
    expect(await changed({})).toEqual({ trace: 'ab' });
    await world.mutate('a', { reinvocationPolicy: 'IfNeeded', mutations: [trace('a')] });
    expect(await changed({})).toEqual({ trace: 'aba' });
  });

  it('run only where their conditions hold, with their parameters and variables', async () => {
    await world.put('configmaps', { metadata: { name: 'the', namespace: 'here' }, data: { value: 'p' } });
    const spec = {
      paramKind: { apiVersion: 'v1', kind: 'ConfigMap' },
      matchConditions: [{ name: 'wanted', expression: '"want" in object.data' }],
      variables: [{ name: 'v', expression: 'params.data.value + "!"' }],
      mutations: [add('got', 'variables.v')],
    };
    await world.mutate('p', spec, { paramRef: { name: 'the' } });
    expect(await changed({})).toEqual({});
    expect(await changed({ want: '' })).toEqual({ want: '', got: 'p!' });
    await world.mutate(
      'p',
      { ...spec, paramKind: { apiVersion: 'x.io/v1', kind: 'Y' } },
      { paramRef: { name: 'the' } },
    );
    expect((await world.change({ object: config({ want: '' }) })).error).toMatchObject({
      code: 403,
      reason: 'Forbidden',
    });
  });

  it('see objects in the version that they name, and give them back in that of the request', async () => {
    const rules = [{ apiGroups: ['x.io'], apiVersions: ['v1'], operations: ['*'], resources: ['gears'] }];
    const mutations = [json('[JSONPatch{op: "add", path: "/old", value: object.old + "!"}]')];
    await world.mutate('p', { matchConstraints: { resourceRules: rules }, mutations });
    const gear = { apiVersion: 'x.io/v2', kind: 'Gear', metadata: { name: 'g' }, new: 'a' };
    const { object } = await world.change({
      namespace: '',
      object: gear,
      resource: { group: 'x.io', version: 'v2', resource: 'gears' },
      kind: { group: 'x.io', version: 'v2', kind: 'Gear' },
      equivalents: () => [
        {
          resource: { group: 'x.io', version: 'v1', resource: 'gears' },
          kind: { group: 'x.io', version: 'v1', kind: 'Gear' },
          decode: (raw) => ({ apiVersion: 'x.io/v1', kind: 'Gear', metadata: { name: 'g' }, ...raw }),
          to: ({ metadata, new: old }) => ({ apiVersion: 'x.io/v1', kind: 'Gear', metadata, old: old ?? '' }),
          from: ({ metadata, old }) => ({ apiVersion: 'x.io/v2', kind: 'Gear', metadata, new: old ?? '' }),
        },
      ],
    });
    expect(object).toEqual({ ...gear, new: 'a!' });
  });
});
