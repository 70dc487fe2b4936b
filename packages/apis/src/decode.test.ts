import { describe, expect, it } from '@jest/globals';
import { decodeObject, DecodeError } from './decode.ts';
import { kindTable } from './kinds.ts';

type Raw = Parameters<typeof decodeObject>[2];

function decode(group: string, kind: string, raw: Raw): ReturnType<typeof decodeObject> {
  const table = kindTable(group, kind);
  return decodeObject(table.type, table, raw);
}

function refusal(group: string, kind: string, raw: Raw): { message: string; cause: unknown } {
  try {
    decode(group, kind, raw);
  } catch (error) {
    if (error instanceof Error) return { message: error.message, cause: error.cause };
  }
  throw new Error('was not refused');
}

describe('what a decoded object looks like', () => {
  it('has kind and apiVersion, whether sent or not', () => {
    expect(decode('', 'ConfigMap', {}).object).toEqual({ kind: 'ConfigMap', apiVersion: 'v1', metadata: {} });
  });

  it('leaves out what is empty, keeps what was sent behind a pointer', () => {
    const raw = {
      metadata: { name: 'a', labels: {}, finalizers: [], uid: null },
      data: {},
      binaryData: null,
      immutable: false,
    };
    expect(decode('', 'ConfigMap', raw).object).toEqual({
      kind: 'ConfigMap',
      apiVersion: 'v1',
      metadata: { name: 'a' },
      immutable: false,
    });
  });

  it('has required fields with their zero values', () => {
    const { object } = decode('', 'Event', { metadata: { name: 'e' } });
    expect(object).toEqual({
      kind: 'Event',
      apiVersion: 'v1',
      metadata: { name: 'e' },
      involvedObject: {},
      source: {},
      firstTimestamp: null,
      lastTimestamp: null,
      eventTime: null,
      reportingComponent: '',
      reportingInstance: '',
    });
  });

  it('shows an empty list that is always there as null', () => {
    expect(decode('rbac.authorization.k8s.io', 'Role', { rules: [] }).object['rules']).toBeNull();
  });

  it('makes null in maps and lists the zero value', () => {
    expect(decode('', 'ConfigMap', { data: { a: null, b: 'x' } }).object['data']).toEqual({ a: '', b: 'x' });
    expect(decode('', 'Secret', { data: { a: null } }).object['data']).toEqual({ a: '' });
    expect(decode('', 'ResourceQuota', { spec: { hard: { cpu: null } } }).object['spec']).toEqual({
      hard: { cpu: '0' },
    });
  });

  it.each([
    ['2024-01-02T03:04:05.9Z', '2024-01-02T03:04:05Z'],
    ['2024-01-02T03:04:05+02:00', '2024-01-02T01:04:05Z'],
  ])('writes the time %s as %s', (sent, kept) => {
    expect(decode('', 'ConfigMap', { metadata: { creationTimestamp: sent } }).object.metadata.creationTimestamp).toBe(
      kept,
    );
  });

  it('keeps six digits of a time with microseconds', () => {
    const spec = { renewTime: '2024-01-02T03:04:05.100000+02:00' };
    expect(decode('coordination.k8s.io', 'Lease', { spec }).object['spec']).toEqual({
      renewTime: '2024-01-02T01:04:05.100000Z',
    });
  });

  it('writes base64 without line breaks and quantities in canonical form', () => {
    expect(decode('', 'ConfigMap', { binaryData: { a: 'AAEC\n/w==' } }).object['binaryData']).toEqual({
      a: 'AAEC/w==',
    });
    const hard = { a: '1000', b: 10, c: '0.5Gi' };
    expect(decode('', 'ResourceQuota', { spec: { hard } }).object['spec']).toEqual({
      hard: { a: '1k', b: '10', c: '512Mi' },
    });
  });

  it('keeps keys that are traps in JavaScript', () => {
    const raw = JSON.parse(
      '{"data":{"__proto__":"1","constructor":"2","10":"3"},"binaryData":{"__proto__":"AA=="}}',
    ) as Raw;
    const { object } = decode('', 'ConfigMap', raw);
    expect(JSON.stringify(object['data'])).toBe('{"10":"3","__proto__":"1","constructor":"2"}');
    expect(JSON.stringify(object['binaryData'])).toBe('{"__proto__":"AA=="}');
    expect(({} as Record<string, unknown>)['polluted']).toBeUndefined();
  });

  it('reads schemas within definitions, where they may be lists or booleans too', () => {
    const schema = {
      additionalProperties: false,
      items: [{ type: 'string' }],
      default: null,
      enum: [],
      dependencies: { a: ['b'] },
    };
    const raw = { spec: { versions: [{ name: 'v1', schema: { openAPIV3Schema: schema } }] } };
    expect(decode('apiextensions.k8s.io', 'CustomResourceDefinition', raw).object['spec']).toMatchObject({
      versions: [
        {
          schema: {
            openAPIV3Schema: { additionalProperties: false, items: [{ type: 'string' }], dependencies: { a: ['b'] } },
          },
        },
      ],
    });
  });
});

describe('fields that no table knows', () => {
  it('are dropped and named, in the order of the body', () => {
    const raw = { Data: {}, metadata: { name: 'a', extra: 1, Labels: {} }, dataa: {}, more: [{ x: 1 }] };
    const { object, unknownFields } = decode('', 'ConfigMap', raw);
    expect(unknownFields).toEqual(['Data', 'metadata.extra', 'metadata.Labels', 'dataa', 'more']);
    expect(object).toEqual({ kind: 'ConfigMap', apiVersion: 'v1', metadata: { name: 'a' } });
  });

  it('are named within lists and maps', () => {
    const schema = { properties: { a: { items: { x: 1 } } } };
    const raw = { spec: { versions: [{ schema: { openAPIV3Schema: schema } }] } };
    expect(decode('apiextensions.k8s.io', 'CustomResourceDefinition', raw).unknownFields).toEqual([
      'spec.versions[0].schema.openAPIV3Schema.properties.a.items.x',
    ]);
  });
});

describe('values of the wrong type', () => {
  it.each([
    [{ data: { a: 1 } }, 'json: cannot unmarshal number into Go struct field ConfigMap.data of type string'],
    [{ data: ['a'] }, 'json: cannot unmarshal array into Go struct field ConfigMap.data of type map[string]string'],
    [{ immutable: 'true' }, 'json: cannot unmarshal string into Go struct field ConfigMap.immutable of type bool'],
    [{ metadata: 'w' }, 'json: cannot unmarshal string into Go struct field ConfigMap.metadata of type v1.ObjectMeta'],
    [
      { metadata: { finalizers: {} } },
      'json: cannot unmarshal object into Go struct field ObjectMeta.metadata.finalizers of type []string',
    ],
    [{ binaryData: { a: '***' } }, 'illegal base64 data at input byte 0'],
  ])('%j is refused in the words of Go', (raw, why) => {
    const { message, cause } = refusal('', 'ConfigMap', raw);
    expect(message).toBe(`ConfigMap in version "v1" cannot be handled as a ConfigMap: ${why}`);
    expect(cause).toBeInstanceOf(DecodeError);
    expect(cause).toHaveProperty('message', why);
  });

  it.each([1.5, 2147483648, -2147483649, 9223372036854775807n])('%s is no 32-bit integer', (number) => {
    const raw = { spec: { leaseDurationSeconds: number } };
    expect(refusal('coordination.k8s.io', 'Lease', raw).message).toContain(
      `cannot unmarshal number ${number} into Go struct field LeaseSpec.spec.leaseDurationSeconds of type int32`,
    );
  });

  it('64-bit integers beyond a double pass, larger ones do not', () => {
    const { object } = decode('', 'ConfigMap', { metadata: { generation: 9223372036854775807n } });
    expect(object.metadata.generation).toBe(9223372036854775807n);
    const raw = { metadata: { generation: 9223372036854775808n } };
    expect(refusal('', 'ConfigMap', raw).message).toContain('of type int64');
  });

  it.each([
    [{ kind: 'Secret' }, 'Secret in version "v1" cannot be handled as a ConfigMap'],
    [{ apiVersion: 'example.com/v2' }, 'ConfigMap in version "v2" cannot be handled as a ConfigMap'],
  ])('%j is another kind', (raw, start) => {
    expect(refusal('', 'ConfigMap', raw).message.startsWith(start)).toBe(true);
  });

  it('objects that are too deep are refused, not a stack overflow', () => {
    let schema: Raw = {};
    for (let depth = 0; depth < 2000; depth++) schema = { not: schema };
    const raw = { spec: { versions: [{ schema: { openAPIV3Schema: schema } }] } };
    expect(refusal('apiextensions.k8s.io', 'CustomResourceDefinition', raw).message).toContain('exceeded max depth');
  });
});
