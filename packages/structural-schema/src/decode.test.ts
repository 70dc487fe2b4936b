import { describe, expect, it } from '@jest/globals';
import type { Json, JsonObject } from '@kcp/api-machinery';
import { parseJson } from '@kcp/api-machinery';
import type { CompiledSchema } from './compile-schema.ts';
import { compileSchema } from './compile-schema.ts';
import { parseSchema } from './parse-schema.ts';

const text = { type: 'string' };

function compiled(properties: JsonObject): CompiledSchema {
  const { schema, errors } = parseSchema({ type: 'object', properties });
  if (schema === undefined) throw new Error(JSON.stringify(errors));
  return compileSchema(schema);
}

const decode = (properties: JsonObject, object: JsonObject): readonly [Json, readonly string[]] => {
  const { object: kept, unknownFields } = compiled(properties).decode(object);
  return [kept, unknownFields];
};

describe('pruning', () => {
  const strict = {
    s: {
      type: 'object',
      properties: {
        a: text,
        list: { type: 'array', items: { type: 'object', properties: { c: text } } },
        map: { type: 'object', additionalProperties: { type: 'object', properties: { d: text } } },
        bare: { type: 'object' },
      },
    },
  };

  it('returns the very object where nothing changes', () => {
    const object = { apiVersion: 'v1', kind: 'X', metadata: { odd: 1 }, s: { a: 'x', list: [{ c: 'y' }] } };
    expect(compiled(strict).decode(object).object).toBe(object);
  });
  it('drops unknown fields at all depths and tells them sorted', () => {
    const object = {
      z: 1,
      s: { no: 1, a: 'x', list: [{ c: 'x', no: 1 }, { no: 2 }], map: { k: { no: 1 } }, bare: { a: 1 } },
    };
    expect(decode(strict, object)).toEqual([
      { s: { a: 'x', list: [{ c: 'x' }, {}], map: { k: {} }, bare: {} } },
      ['s.bare.a', 's.list[0].no', 's.list[1].no', 's.map.k.no', 's.no', 'z'],
    ]);
  });
  it('changes nothing in the input', () => {
    const object = Object.freeze({ z: 1, s: Object.freeze({ no: 1 }) });
    expect(decode(strict, object)[0]).toEqual({ s: {} });
    expect(object).toEqual({ z: 1, s: { no: 1 } });
  });
  it('is case sensitive', () => {
    expect(decode(strict, { S: {}, s: { A: 'x' } })).toEqual([{ s: {} }, ['S', 's.A']]);
  });
  it('keeps what preserve-unknown-fields covers, but not inside named children', () => {
    const open = {
      o: {
        type: 'object',
        'x-kubernetes-preserve-unknown-fields': true,
        properties: { closed: { type: 'object', properties: { b: text } } },
      },
    };
    expect(decode(open, { o: { more: { z: null }, closed: { b: 'y', no: 1 } } })).toEqual([
      { o: { more: { z: null }, closed: { b: 'y' } } },
      ['o.closed.no'],
    ]);
  });
  it('keeps items of a list that keeps unknown fields', () => {
    const open = {
      l: {
        type: 'array',
        'x-kubernetes-preserve-unknown-fields': true,
        items: { type: 'object', properties: { a: { type: 'object' } } },
      },
    };
    expect(decode(open, { l: [{ x: 1, a: { no: 1 } }] })).toEqual([{ l: [{ x: 1, a: {} }] }, ['l[0].a.no']]);
  });
  it('keeps members under additionalProperties: true, but nothing in them', () => {
    expect(
      decode({ f: { type: 'object', additionalProperties: true } }, { f: { a: 1, b: { c: 1 }, d: [[{ e: 1 }]] } }),
    ).toEqual([{ f: { a: 1, b: {}, d: [[{}]] } }, ['f.b.c', 'f.d[0][0].e']]);
  });
  it('drops what only a junctor names', () => {
    const either = { e: { type: 'object', properties: { b: text }, anyOf: [{ properties: { c: { minLength: 1 } } }] } };
    expect(decode(either, { e: { b: 'x', c: 'y' } })).toEqual([{ e: { b: 'x' } }, ['e.c']]);
  });
  it('handles keys that JavaScript treats in a special way', () => {
    const odd = parseJson(
      '{"p":{"type":"object","properties":{"__proto__":{"type":"string"},"10":{"type":"string"}}}}',
    ) as JsonObject;
    const object = parseJson('{"p":{"__proto__":"x","10":"y","constructor":"z"},"q":1}') as JsonObject;
    const { object: kept, unknownFields } = compiled(odd).decode(object);
    expect(JSON.stringify(kept)).toBe('{"p":{"10":"y","__proto__":"x"}}');
    expect(unknownFields).toEqual(['p.constructor', 'q']);
  });
  it('empties lists that are nested too deeply where nothing is known of them', () => {
    let deep: Json = [];
    for (let level = 0; level < 1500; level++) deep = [deep];
    const { unknownFields } = compiled({ f: { type: 'object', additionalProperties: true } }).decode({
      f: { a: deep },
    });
    expect(unknownFields).toHaveLength(1);
  });
});

describe('nulls', () => {
  const properties = {
    plain: text,
    nullable: { type: 'string', nullable: true },
    set: { type: 'string', default: 'x' },
    both: { type: 'string', nullable: true, default: 'x' },
    list: { type: 'array', items: { type: 'string' } },
    map: { type: 'object', additionalProperties: text },
    either: { 'x-kubernetes-int-or-string': true },
    any: { 'x-kubernetes-preserve-unknown-fields': true },
  };
  it('are dropped, kept or replaced by the default', () => {
    const object = {
      plain: null,
      nullable: null,
      set: null,
      both: null,
      list: [null],
      map: { a: null, b: 'c' },
      either: null,
    };
    expect(decode(properties, object)[0]).toEqual({
      nullable: null,
      set: 'x',
      both: null,
      list: [null],
      map: { b: 'c' },
    });
  });
  it('inside what keeps unknown fields stay', () => {
    expect(decode(properties, { any: { a: null } })[0]).toEqual({ any: { a: null }, set: 'x', both: 'x' });
  });
});

describe('defaults', () => {
  const properties = {
    n: { type: 'integer', default: 3 },
    inner: { type: 'object', default: {}, properties: { a: { type: 'string', default: 'x' } } },
    lazy: { type: 'object', properties: { a: { type: 'string', default: 'x' } } },
    list: { type: 'array', items: { type: 'object', properties: { p: { type: 'integer', default: 80 } } } },
    map: {
      type: 'object',
      additionalProperties: { type: 'object', properties: { w: { type: 'integer', default: 1 } } },
    },
  };
  it('fill in what is missing, from the outside in', () => {
    expect(decode(properties, {})[0]).toEqual({ n: 3, inner: { a: 'x' } });
    expect(decode(properties, { n: 0, lazy: {}, list: [{}, { p: 1 }], map: { m: {} } })[0]).toEqual({
      n: 0,
      inner: { a: 'x' },
      lazy: { a: 'x' },
      list: [{ p: 80 }, { p: 1 }],
      map: { m: { w: 1 } },
    });
  });
  it('are fresh copies', () => {
    const schema = compiled(properties);
    const first = schema.decode({}).object['inner'];
    expect(schema.decode({}).object['inner']).toEqual(first);
    expect(schema.decode({}).object['inner']).not.toBe(first);
  });
  it('can be had alone: nothing is dropped then', () => {
    expect(compiled(properties).default({ odd: 1, lazy: { odd: null } })).toEqual({
      odd: 1,
      lazy: { odd: null, a: 'x' },
      n: 3,
      inner: { a: 'x' },
    });
  });
});

describe('embedded resources', () => {
  const properties = {
    pod: { type: 'object', 'x-kubernetes-embedded-resource': true, 'x-kubernetes-preserve-unknown-fields': true },
    part: {
      type: 'object',
      'x-kubernetes-embedded-resource': true,
      properties: { spec: { type: 'object', properties: { n: { type: 'integer' } } } },
    },
    map: {
      type: 'object',
      additionalProperties: {
        type: 'object',
        'x-kubernetes-embedded-resource': true,
        'x-kubernetes-preserve-unknown-fields': true,
      },
    },
  };
  it('keep their metadata, brought into form', () => {
    const pod = {
      apiVersion: 'v1',
      kind: 'Pod',
      metadata: { name: 'p', labels: {}, unknown: 1, creationTimestamp: null },
      spec: { x: 1 },
    };
    expect(decode(properties, { pod })).toEqual([
      { pod: { apiVersion: 'v1', kind: 'Pod', metadata: { name: 'p' }, spec: { x: 1 } } },
      ['pod.metadata.unknown'],
    ]);
  });
  it('are pruned beside metadata, which is told last', () => {
    const part = { apiVersion: 'v1', kind: 'Part', metadata: { name: 'p', nope: 1 }, spec: { n: 1, m: 2 }, status: {} };
    expect(decode(properties, { part })).toEqual([
      { part: { apiVersion: 'v1', kind: 'Part', metadata: { name: 'p' }, spec: { n: 1 } } },
      ['part.spec.m', 'part.status', 'part.metadata.nope'],
    ]);
  });
  it('with members of a wrong type are refused, with the path of a map key in brackets', () => {
    const { errors } = compiled(properties).decode({ map: { k: { kind: 5, metadata: { labels: { a: 1 } } } } });
    expect(errors.map(({ field, message }) => `${field}: ${message}`)).toEqual([
      'map[k].kind: Invalid value: 5: must be a string',
      'map[k].metadata: Invalid value: {"labels":{"a":1}}: json: cannot unmarshal number into Go struct field ObjectMeta.labels of type string',
    ]);
  });
  it('from storage lose them instead', () => {
    const pod = { apiVersion: 'v1', kind: 5, metadata: { name: 'p', labels: { a: 1 } } };
    const { object, errors } = compiled(properties).decode({ pod }, { tolerant: true });
    expect([object, errors]).toEqual([{ pod: { apiVersion: 'v1', metadata: { name: 'p' } } }, []]);
  });
});
