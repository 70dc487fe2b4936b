import { describe, expect, it } from '@jest/globals';
import type { Json } from '@kcp/api-machinery';
import { decodeObjectMeta } from './object-metadata.ts';

const strict = (raw: Json) => decodeObjectMeta(raw, 'metadata', { strict: true });
const tolerant = (raw: Json) => decodeObjectMeta(raw, 'metadata', { strict: false });

describe('metadata', () => {
  it('keeps members of their types and leaves empty ones out', () => {
    const raw = {
      name: 'n',
      namespace: '',
      labels: {},
      annotations: { a: 'b' },
      generation: 0,
      deletionGracePeriodSeconds: 0,
      finalizers: ['x'],
    };
    expect(strict(raw).metadata).toEqual({
      name: 'n',
      annotations: { a: 'b' },
      deletionGracePeriodSeconds: 0,
      finalizers: ['x'],
    });
  });
  it('is empty where there is none', () => {
    expect([
      strict(null).metadata,
      strict({}).metadata,
      decodeObjectMeta(undefined, 'm', { strict: true }).errors,
    ]).toEqual([{}, {}, []]);
  });
  it('reads null as nothing, in maps and lists as the empty text', () => {
    expect(strict({ name: null, labels: { a: null }, finalizers: [null] }).metadata).toEqual({
      labels: { a: '' },
      finalizers: [''],
    });
  });
  it('writes times in UTC without fractions', () => {
    const { metadata } = strict({
      creationTimestamp: '2001-01-01T00:30:00.5+02:00',
      deletionTimestamp: '2001-01-01T00:00:00Z',
    });
    expect(metadata).toEqual({ creationTimestamp: '2000-12-31T22:30:00Z', deletionTimestamp: '2001-01-01T00:00:00Z' });
  });
  it('fills in what an owner always has', () => {
    expect(strict({ ownerReferences: [{ kind: 'Pod', controller: true, blockOwnerDeletion: null }] }).metadata).toEqual(
      {
        ownerReferences: [{ kind: 'Pod', controller: true, apiVersion: '', name: '', uid: '' }],
      },
    );
  });
  it('tells unknown members by their paths, sorted', () => {
    const raw = {
      name: 'n',
      Colour: 1,
      zip: 1,
      ownerReferences: [{ uid: 'u', odd: 1 }],
      managedFields: [{ manager: 'm', fieldsV1: { 'f:x': {} }, odd: 1 }],
    };
    expect(strict(raw).unknownFields).toEqual([
      'metadata.Colour',
      'metadata.managedFields[0].odd',
      'metadata.ownerReferences[0].odd',
      'metadata.zip',
    ]);
  });
});

describe('members of a wrong type', () => {
  it.each<[string, Json, string]>([
    [
      'a label',
      { labels: { a: 1 } },
      'json: cannot unmarshal number into Go struct field ObjectMeta.labels of type string',
    ],
    ['a name', { name: true }, 'json: cannot unmarshal bool into Go struct field ObjectMeta.name of type string'],
    [
      'finalizers',
      { finalizers: 'x' },
      'json: cannot unmarshal string into Go struct field ObjectMeta.finalizers of type []string',
    ],
    [
      'a generation',
      { generation: 1.5 },
      'json: cannot unmarshal number 1.5 into Go struct field ObjectMeta.generation of type int64',
    ],
    [
      'an owner',
      { ownerReferences: [{ controller: 'x' }] },
      'json: cannot unmarshal string into Go struct field ObjectMeta.ownerReferences.controller of type bool',
    ],
    ['a time', { creationTimestamp: 'x' }, 'parsing time'],
    ['all of it', 'x', 'json: cannot unmarshal string into Go value of type v1.ObjectMeta'],
  ])('are refused in a request: %s', (_name, raw, message) => {
    const { errors } = strict(raw);
    expect(errors).toHaveLength(1);
    expect(errors[0]).toMatchObject({ field: 'metadata', message: expect.stringContaining(message) });
    expect(tolerant(raw)).toEqual({ metadata: {}, errors: [], unknownFields: [] });
  });
  it('are dropped one by one from what is stored', () => {
    expect(tolerant({ name: 'n', labels: { a: 1 }, annotations: { b: 'c' } }).metadata).toEqual({
      name: 'n',
      annotations: { b: 'c' },
    });
  });
});
