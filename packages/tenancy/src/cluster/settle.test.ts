import { describe, expect, it } from '@jest/globals';
import { objectAt, textsAt, type JsonObject, type KubeObject } from '@kcp/api-machinery';
import { lifecycleLabel, settle } from './settle.ts';

const options = { url: 'https://kcp.test/clusters/c1', now: '2026-01-01T00:00:00Z' };

function object(fields: { metadata?: JsonObject; spec?: JsonObject; status?: JsonObject }): KubeObject {
  return {
    apiVersion: 'core.kcp.io/v1alpha1',
    kind: 'LogicalCluster',
    metadata: { name: 'cluster', ...fields.metadata },
    spec: fields.spec ?? {},
    ...(fields.status && { status: fields.status }),
  };
}
const seen = (found: KubeObject) => ({
  phase: objectAt(found, 'status')['phase'],
  left: textsAt(objectAt(found, 'status'), 'initializers'),
  labels: found.metadata.labels,
});

describe('a LogicalCluster', () => {
  it('without initializers is ready at once', () => {
    const settled = settle(object({}), options);
    expect(seen(settled)).toEqual({ phase: 'Ready', left: [], labels: { 'tenancy.kcp.io/phase': 'Ready' } });
    expect(objectAt(settled, 'status')).toEqual({
      phase: 'Ready',
      URL: options.url,
      conditions: [{ type: 'WorkspaceInitialized', status: 'True', lastTransitionTime: options.now }],
    });
  });

  it('with initializers waits, and is found by them', () => {
    const settled = settle(object({ spec: { initializers: ['root:a', 'c2:b'], terminators: ['root:a'] } }), options);
    expect(seen(settled)).toMatchObject({ phase: 'Initializing', left: ['root:a', 'c2:b'] });
    const [key, value] = lifecycleLabel('initializer.internal.kcp.io/', 'root:a');
    expect(key.length).toBe(63);
    expect(settled.metadata.labels?.[key]).toBe(value);
    expect(Object.keys(settled.metadata.labels ?? {}).length).toBe(4);
  });

  it('is ready when the last initializer is gone, and loses its label', () => {
    const waits = settle(object({ spec: { initializers: ['root:a'] } }), options);
    const done = settle({ ...waits, status: { ...objectAt(waits, 'status'), initializers: [] } }, options);
    expect(seen(done)).toEqual({ phase: 'Ready', left: [], labels: { 'tenancy.kcp.io/phase': 'Ready' } });
  });

  it('that is settled stays the same object', () => {
    const settled = settle(object({}), options);
    expect(settle(settled, { ...options, now: '2027-01-01T00:00:00Z' })).toBe(settled);
  });

  it('keeps of its owner only the name once it is ready', () => {
    const owner = (text: string) => ({ annotations: { 'experimental.tenancy.kcp.io/owner': text } });
    const ready = settle(object({ metadata: owner('{"username":"u","groups":["g"]}') }), options);
    expect(ready.metadata.annotations).toEqual(owner('{"username":"u"}').annotations);
    const waits = settle(
      object({ metadata: owner('{"username":"u","groups":["g"]}'), spec: { initializers: ['x:y'] } }),
      options,
    );
    expect(waits.metadata.annotations).toEqual(owner('{"username":"u","groups":["g"]}').annotations);
  });

  it('is closed and opened by its annotation', () => {
    const ready = settle(object({}), options);
    const closed = settle(
      { ...ready, metadata: { ...ready.metadata, annotations: { 'core.kcp.io/inactive': 'true' } } },
      options,
    );
    expect(seen(closed).phase).toBe('Inactive');
    expect(seen(settle({ ...closed, metadata: { ...closed.metadata, annotations: {} } }, options)).phase).toBe('Ready');
  });

  it.each([
    [['root:a'], 'Terminating'],
    [[], 'Deleting'],
  ])('that is being deleted with terminators %j is %s', (terminators, phase) => {
    const ending = object({ metadata: { deletionTimestamp: options.now }, status: { phase: 'Ready', terminators } });
    expect(seen(settle(ending, options))).toMatchObject({ phase, labels: { 'tenancy.kcp.io/phase': phase } });
  });
});
