import { describe, expect, it } from '@jest/globals';
import { nameIsDnsLabel, nameIsDnsSubdomain } from './name-validation.ts';
import type { ObjectMeta } from './object-meta.ts';
import { validateFieldManager, validateObjectMeta, validateObjectMetaUpdate } from './object-meta-validation.ts';

const RULES = { namespaced: true, validateName: nameIsDnsSubdomain };

function created(meta: Partial<ObjectMeta>): string[] {
  const errors = validateObjectMeta({ name: 'x', namespace: 'ns', ...meta }, RULES);
  return errors.map((error) => `${error.field}: ${error.message}`);
}

const STORED: ObjectMeta = {
  name: 'x',
  namespace: 'ns',
  uid: 'u-1',
  resourceVersion: '5',
  generation: 2,
  creationTimestamp: '2024-01-01T00:00:00Z',
};

function updated(next: Partial<ObjectMeta>, old: Partial<ObjectMeta> = {}): string[] {
  const errors = validateObjectMetaUpdate({ ...STORED, ...old, ...next }, { ...STORED, ...old });
  return errors.map((error) => `${error.field}: ${error.message}`);
}

describe('metadata of a new object', () => {
  it('is fine with good values', () => {
    const meta = {
      generateName: 'x-',
      labels: { empty: '', 'example.com/Upper_1.x': 'A-1_b.C' },
      annotations: { 'Example.COM/UPPER': '', any: 'value with\nlines' },
      finalizers: ['example.com/a', 'orphan'],
      ownerReferences: [{ apiVersion: 'v1', kind: 'Nope', name: 'x', uid: 'u', controller: true }],
      managedFields: [{ manager: 'm', operation: 'Update', fieldsType: 'FieldsV1', apiVersion: 'v1' }],
    };
    expect(created(meta)).toEqual([]);
  });

  it('needs a name', () => {
    expect(created({ name: '' })).toEqual(['metadata.name: Required value: name or generateName is required']);
  });

  it('names generateName and the name made of it', () => {
    expect(created({ generateName: 'X_', name: 'X_abcde' }).map((text) => text.split(': a ')[0])).toEqual([
      'metadata.generateName: Invalid value: "X_"',
      'metadata.name: Invalid value: "X_abcde"',
    ]);
  });

  it('has a namespace exactly where its kind has', () => {
    expect(created({ namespace: '' })).toEqual(['metadata.namespace: Required value']);
    expect(created({ namespace: 'a.b' })).toEqual(['metadata.namespace: Invalid value: "a.b": must not contain dots']);
    const rules = { namespaced: false, validateName: nameIsDnsLabel, path: 'template.metadata' };
    expect(validateObjectMeta({ name: 'x', namespace: 'ns' }, rules)).toEqual([
      {
        type: 'FieldValueForbidden',
        field: 'template.metadata.namespace',
        message: 'Forbidden: not allowed on this type',
      },
    ]);
  });

  it.each<[string, Partial<ObjectMeta>, string[]]>([
    ['generation', { generation: -1 }, ['metadata.generation: Invalid value: -1: must be greater than or equal to 0']],
    [
      'annotations over 256 KiB',
      { annotations: { a: 'x'.repeat(262_144) } },
      ['metadata.annotations: Too long: may not be more than 262144 bytes'],
    ],
    ['annotations of 256 KiB', { annotations: { a: 'x'.repeat(262_143) } }, []],
    [
      'both deletion finalizers',
      { finalizers: ['orphan', 'foregroundDeletion'] },
      [
        'metadata.finalizers: Invalid value: ["orphan","foregroundDeletion"]: finalizer orphan and foregroundDeletion cannot be both set',
      ],
    ],
    [
      'an owner without uid',
      { ownerReferences: [{ apiVersion: 'v1', kind: 'ConfigMap', name: 'x', uid: '' }] },
      ['metadata.ownerReferences.uid: Invalid value: "": must not be empty'],
    ],
    [
      'an Event as owner',
      { ownerReferences: [{ apiVersion: 'v1', kind: 'Event', name: 'x', uid: 'x' }] },
      [
        'metadata.ownerReferences: Invalid value: {"apiVersion":"v1","kind":"Event","name":"x","uid":"x"}: /v1, Kind=Event is disallowed from being an owner',
      ],
    ],
    [
      'a bad apiVersion of an owner',
      { ownerReferences: [{ apiVersion: 'a/b/c', kind: 'X', name: 'x', uid: 'x' }] },
      ['metadata.ownerReferences.apiVersion: Invalid value: "a/b/c": version must not be empty'],
    ],
    [
      'a bad operation',
      { managedFields: [{ manager: 'm', operation: 'Other', fieldsType: 'X', subresource: 's'.repeat(257) }] },
      [
        'metadata.managedFields[0].operation: Invalid value: "Other": must be `Apply` or `Update`',
        'metadata.managedFields[0].fieldsType: Invalid value: "X": must be `FieldsV1`',
        'metadata.managedFields[0].subresource: Too long: may not be more than 256 bytes',
      ],
    ],
  ])('%s', (_label, meta, expected) => {
    expect(created(meta)).toEqual(expected);
  });

  it('shows all owners where two are controllers', () => {
    const ownerReferences = ['x', 'y'].map((name) => ({
      apiVersion: 'v1',
      kind: 'ConfigMap',
      name,
      uid: name,
      controller: true,
    }));
    expect(created({ ownerReferences })).toEqual([
      'metadata.ownerReferences: Invalid value: [{"apiVersion":"v1","kind":"ConfigMap","name":"x","uid":"x","controller":true},{"apiVersion":"v1","kind":"ConfigMap","name":"y","uid":"y","controller":true}]: Only one reference can have Controller set to true. Found "true" in references for ConfigMap/x and ConfigMap/y',
    ]);
  });

  it('names every missing field of an owner', () => {
    const empty = { apiVersion: '', kind: '', name: '', uid: '' };
    expect(created({ ownerReferences: [empty] })).toEqual([
      'metadata.ownerReferences.apiVersion: Invalid value: "": version must not be empty',
      'metadata.ownerReferences.kind: Invalid value: "": must not be empty',
      'metadata.ownerReferences.name: Invalid value: "": must not be empty',
      'metadata.ownerReferences.uid: Invalid value: "": must not be empty',
    ]);
  });

  it('reports labels in the order of their keys, whatever the keys are', () => {
    const labels = JSON.parse('{"b":"/","__proto__":"ok","a":"/"}') as Record<string, string>;
    const fields = created({ labels }).map((text) => text.slice(0, 44));
    expect(fields).toHaveLength(3);
    expect(fields[0]).toContain('__proto__');
  });
});

describe('a change of metadata', () => {
  it('may leave everything as it is', () => {
    expect(updated({})).toEqual([]);
    expect(updated({ labels: { a: 'b' }, generation: 3, finalizers: ['any'] })).toEqual([]);
  });

  it.each<[string, Partial<ObjectMeta>, string[]]>([
    [
      'resourceVersion',
      { resourceVersion: '' },
      ['metadata.resourceVersion: Invalid value: "": must be specified for an update'],
    ],
    ['generation', { generation: 1 }, ['metadata.generation: Invalid value: 1: must not be decremented']],
    ['name', { name: 'y' }, ['metadata.name: Invalid value: "y": field is immutable']],
    ['namespace', { namespace: 'other' }, ['metadata.namespace: Invalid value: "other": field is immutable']],
    ['uid', { uid: 'u-2' }, ['metadata.uid: Invalid value: "u-2": field is immutable']],
    [
      'creationTimestamp',
      { creationTimestamp: null },
      ['metadata.creationTimestamp: Invalid value: null: field is immutable'],
    ],
    [
      'the marks of a delete',
      { deletionTimestamp: '2024-02-01T00:00:00Z', deletionGracePeriodSeconds: 3 },
      [
        'metadata.deletionTimestamp: Invalid value: "2024-02-01T00:00:00Z": field is immutable',
        'metadata.deletionGracePeriodSeconds: Invalid value: 3: field is immutable',
      ],
    ],
  ])('of %s is refused', (_label, next, expected) => {
    expect(updated(next)).toEqual(expected);
  });

  it('adds no finalizers once the object is being deleted', () => {
    const old = { deletionTimestamp: '2024-02-01T00:00:00Z', finalizers: ['example.com/a', 'example.com/b'] };
    expect(updated({ finalizers: ['example.com/b'] }, old)).toEqual([]);
    expect(updated({ finalizers: ['example.com/d', 'example.com/a', 'example.com/c'] }, old)).toEqual([
      'metadata.finalizers: Forbidden: no new finalizers can be added if the object is being deleted, found new finalizers []string{"example.com/c", "example.com/d"}',
    ]);
  });
});

describe('a field manager', () => {
  it('has at most 128 bytes, all printable', () => {
    expect(validateFieldManager('kubectl-client-side-apply', 'fieldManager')).toEqual([]);
    expect(validateFieldManager('m'.repeat(129), 'fieldManager')[0]?.message).toBe(
      'Too long: may not be more than 128 bytes',
    );
    expect(validateFieldManager('é\n', 'fieldManager')).toEqual([
      {
        type: 'FieldValueInvalid',
        field: 'fieldManager',
        message: 'Invalid value: "é\\n": invalid character U+000A (at position 2)',
      },
    ]);
  });
});
