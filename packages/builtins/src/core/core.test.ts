import { describe, expect, it } from '@jest/globals';
import { context, createErrors, prepared, updateErrors } from '../testing/context.ts';
import { configMaps } from './config-map.ts';
import { namespaces } from './namespace.ts';
import { secrets } from './secret.ts';

const configMap = configMaps();
const secret = secrets();
const namespace = namespaces();
const base64 = (text: string): string => Buffer.from(text).toString('base64');

describe('ConfigMaps', () => {
  it.each([
    [{ data: { 'a/b': '1' } }, 'data[a/b]: Invalid value: "a/b": a valid config key must'],
    [{ data: { '.': '1' } }, 'data[.]: Invalid value: ".": must not be \'.\''],
    [{ binaryData: { ü: 'aGk=' } }, 'binaryData[ü]: Invalid value: "ü": a valid config key must'],
    [
      { data: { a: '1' }, binaryData: { a: 'aGk=' } },
      'data[a]: Invalid value: "a": duplicate of key present in binaryData',
    ],
    [
      { data: { a: 'x'.repeat(1_048_574) }, binaryData: { b: 'AAAA' } },
      '[]: Too long: may not be more than 1048576 bytes',
    ],
  ])('%# are refused', (fields, start) => {
    const [error = '', ...others] = createErrors(configMap, fields);
    expect([error.slice(0, start.length), others]).toEqual([start, []]);
  });

  it('count bytes, not characters, and the values only', () => {
    expect(createErrors(configMap, { data: { k: 'x'.repeat(1_048_576) } })).toEqual([]);
    expect(createErrors(configMap, { data: { k: 'ü'.repeat(524_289) } })).toHaveLength(1);
  });

  it('that are immutable stay as they are, apart from metadata', () => {
    const old = prepared(configMap, { data: { a: '1' }, immutable: true });
    const next = prepared(configMap, { data: { a: '2' }, binaryData: { b: 'AA==' }, immutable: false });
    const why = 'Forbidden: field is immutable when `immutable` is set';
    expect(updateErrors(configMap.strategy, next, old)).toEqual([
      `immutable: ${why}`,
      `data: ${why}`,
      `binaryData: ${why}`,
    ]);
    const labelled = { ...old, metadata: { ...old.metadata, labels: { a: 'b' } } };
    expect(updateErrors(configMap.strategy, labelled, old)).toEqual([]);
  });

  it('refuse finalizers without a domain', () => {
    expect(createErrors(configMap, {}, { finalizers: ['orphan', 'mine'] })).toEqual([
      'metadata.finalizers[1]: Invalid value: "mine": name is neither a standard finalizer name nor is it fully qualified',
    ]);
  });
});

describe('Secrets', () => {
  it('fold stringData into data and are Opaque by default', () => {
    const object = prepared(secret, {
      data: { a: base64('old'), keep: base64('kept') },
      stringData: { a: 'new', uni: 'ü€' },
    });
    expect(object).toMatchObject({
      type: 'Opaque',
      data: { a: base64('new'), keep: base64('kept'), uni: base64('ü€') },
    });
    expect('stringData' in object).toBe(false);
  });

  it.each([
    ['kubernetes.io/tls', {}, ['data[tls.crt]: Required value', 'data[tls.key]: Required value']],
    ['kubernetes.io/ssh-auth', {}, ['data[ssh-privatekey]: Required value']],
    ['kubernetes.io/dockerconfigjson', {}, ['data[.dockerconfigjson]: Required value']],
    [
      'kubernetes.io/dockerconfigjson',
      { '.dockerconfigjson': 'nope' },
      ['data[.dockerconfigjson]: Invalid value: "<secret contents redacted>": it must be a JSON object'],
    ],
    ['kubernetes.io/basic-auth', { user: 'u' }, ['data[username]: Required value', 'data[password]: Required value']],
    ['kubernetes.io/basic-auth', { password: '' }, []],
    ['kubernetes.io/tls', { 'tls.crt': '', 'tls.key': '' }, []],
    ['constructor', {}, []],
    [
      'kubernetes.io/service-account-token',
      {},
      ['metadata.annotations[kubernetes.io/service-account.name]: Required value'],
    ],
  ])('of type %s with %j', (type, stringData, errors) => {
    expect(createErrors(secret, { type, stringData })).toEqual(errors);
  });

  it('keep their type; without one it is Opaque, and that is a change', () => {
    const old = prepared(secret, { type: 'example.com/own' });
    expect(updateErrors(secret.strategy, prepared(secret, {}), old)).toEqual([
      'type: Invalid value: "Opaque": field is immutable',
    ]);
  });
});

describe('Namespaces', () => {
  it('get their label, finalizer and phase, whatever was sent', () => {
    const object = prepared(
      namespace,
      { spec: { finalizers: ['example.com/own'] }, status: { phase: 'Terminating' } },
      { namespace: 'other', labels: { 'kubernetes.io/metadata.name': 'wrong' } },
    );
    expect(object).toMatchObject({
      metadata: { name: 'x', labels: { 'kubernetes.io/metadata.name': 'x' } },
      spec: { finalizers: ['example.com/own', 'kubernetes'] },
      status: { phase: 'Active' },
    });
    expect(object.metadata.namespace).toBeUndefined();
  });

  it('keep spec and status in an update; each has its own door', () => {
    const old = prepared(namespace, {});
    const next = prepared(namespace, {});
    const changed = { ...next, spec: { finalizers: ['a/b'] }, status: { phase: 'Odd' } };
    expect(namespace.strategy.prepareForUpdate?.(changed, old, context)).toMatchObject({
      spec: { finalizers: ['kubernetes'] },
      status: { phase: 'Active' },
    });
    const { finalize, status } = namespace.subresources;
    if (finalize?.kind !== 'part' || status?.kind !== 'part') throw new Error('no parts');
    expect(finalize.strategy.prepareForUpdate?.(changed, old, context)).toMatchObject({
      spec: { finalizers: ['a/b'] },
      status: { phase: 'Active' },
    });
    expect(updateErrors(status.strategy, { ...old, status: { phase: 'Terminating' } }, old)).toEqual([
      'status.Phase: Invalid value: "Terminating": may only be \'Active\' if `deletionTimestamp` is empty',
    ]);
  });

  it('are held by their finalizers and end in the phase Terminating', () => {
    const object = prepared(namespace, {});
    const begun = namespace.strategy.beginDelete?.(object, context);
    expect(begun).toMatchObject({ metadata: { deletionTimestamp: context.now }, status: { phase: 'Terminating' } });
    if (begun === undefined) throw new Error('not held');
    expect(namespace.strategy.beginDelete?.(begun, context)).toBe(begun);
    expect(namespace.strategy.isHeld?.(begun)).toBe(true);
    expect(namespace.strategy.beginDelete?.({ ...object, spec: {} }, context)).toBeUndefined();
  });

  it.each([
    ['a.b', 'must not contain dots'],
    ['n'.repeat(64), 'must be no more than 63 characters'],
  ])('cannot be called %s', (name, message) => {
    expect(namespace.strategy.nameErrors(name, false)).toContain(message);
  });
});
