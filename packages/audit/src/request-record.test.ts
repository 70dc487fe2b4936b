import { describe, expect, it } from '@jest/globals';
import type { Json, JsonObject } from '@kcp/api-machinery';
import { silentLogger, silentMeter, type Meter } from '@kcp/telemetry';
import type { Backend } from './backend/backend.ts';
import type { AuditEvent } from './event/audit-event.ts';
import type { AuditedAttributes } from './policy/fits.ts';
import { parsePolicy } from './policy/parse-policy.ts';
import { Recorder } from './recorder.ts';
import type { RequestFacts, RequestRecord } from './request-record.ts';

const user = { name: 'alice', uid: '', groups: [], extra: {} };
const attributes: AuditedAttributes = {
  kind: 'resource',
  verb: 'create',
  user,
  group: 'apps',
  version: 'v1',
  resource: 'deployments',
  subresource: '',
  namespace: 'default',
  name: '',
};
const facts: RequestFacts = {
  auditId: 'id',
  requestUri: '/apis/apps/v1/namespaces/default/deployments',
  sourceIps: [],
  userAgent: '',
  received: 1000,
  user,
  annotations: [['kcp.io/cluster', 'root']],
};

function begin(rule: JsonObject, changes: { facts?: Partial<RequestFacts>; attributes?: AuditedAttributes } = {}) {
  const events: AuditEvent[] = [];
  const metrics: string[] = [];
  const backend: Backend = { process: (made) => (events.push(...made), true), close: async () => {} };
  const meter: Meter = {
    ...silentMeter,
    counter: ({ name }) => ({
      add: (_, labels) => void metrics.push([name, ...Object.values(labels ?? {})].join(' ')),
    }),
  };
  const policy = parsePolicy({ apiVersion: 'audit.k8s.io/v1', kind: 'Policy', rules: [rule] });
  const recorder = new Recorder({ policy, backend, clock: () => 2000, meter, logger: silentLogger });
  const record = recorder.begin(changes.attributes ?? attributes, () => ({ ...facts, ...changes.facts }));
  const last = (): Json => JSON.parse(events.at(-1)?.text ?? 'null') as Json;
  return { record: record as RequestRecord, events, last, metrics, recorder };
}
const deployment = {
  kind: 'Deployment',
  metadata: { name: 'web', namespace: 'other', uid: 'u', resourceVersion: '7', managedFields: [{}] },
};

describe('a record', () => {
  it('is not made at the level None, and nothing is asked for it', () => {
    const { recorder, record, metrics } = begin({ level: 'None' });
    expect(record).toBeUndefined();
    const untouched = (): RequestFacts => {
      throw new Error('asked for');
    };
    expect(recorder.begin(attributes, untouched)).toBeUndefined();
    expect(metrics).toEqual(['apiserver_audit_level_total None', 'apiserver_audit_level_total None']);
  });

  it('at the level Metadata takes the reference from what was sent, and no more', async () => {
    const { record, last } = begin({ level: 'Metadata' });
    record.requested(deployment);
    record.patched(Buffer.from('{"secret":1}'));
    await record.reach('ResponseComplete', { code: 201, body: Buffer.from('{"secret":1}') });
    expect(last()).toMatchObject({
      objectRef: { name: 'web', namespace: 'default', uid: 'u', resourceVersion: '7', apiGroup: 'apps' },
      responseStatus: { code: 201 },
    });
    expect(JSON.stringify(last())).not.toMatch(/secret|Object"/);
    expect([record.wantsRequests, record.wantsAnswers]).toEqual([false, false]);
  });

  it('at the level Request takes what was sent, at RequestResponse the answer too', async () => {
    const request = begin({ level: 'Request' });
    request.record.requested(deployment);
    await request.record.reach('ResponseComplete', { code: 201, body: Buffer.from('{"kind":"X"}') });
    expect(request.last()).toMatchObject({ requestObject: deployment });
    expect(request.last()).not.toHaveProperty('responseObject');
    const both = begin({ level: 'RequestResponse', omitManagedFields: true });
    both.record.requested(deployment);
    await both.record.reach('ResponseComplete', { code: 201, body: Buffer.from('{"kind":"X"}\n') });
    const { managedFields: _, ...metadata } = deployment.metadata;
    expect(both.last()).toMatchObject({
      requestObject: { kind: 'Deployment', metadata },
      responseObject: { kind: 'X' },
    });
    expect(JSON.stringify(both.last())).not.toContain('managedFields');
  });

  it('takes the answer that is not JSON from its value, and the parts of a Status at every level', async () => {
    const full = begin({ level: 'RequestResponse' });
    full.record.answers({ kind: 'Deployment' });
    await full.record.reach('ResponseComplete', { code: 200 });
    expect(full.last()).toMatchObject({ responseObject: { kind: 'Deployment' }, responseStatus: { code: 200 } });
    const { record, last } = begin({ level: 'Metadata' });
    record.answers({
      kind: 'Status',
      status: 'Failure',
      reason: 'NotFound',
      message: 'no',
      details: { name: 'a' },
      code: 1,
    });
    await record.reach('ResponseComplete', { code: 404 });
    expect(last()).toMatchObject({
      responseStatus: { status: 'Failure', reason: 'NotFound', message: 'no', details: { name: 'a' }, code: 404 },
    });
  });

  it('has no objects of paths that are no resources', async () => {
    const path: AuditedAttributes = { kind: 'path', verb: 'get', user, path: '/version' };
    const { record, last } = begin({ level: 'RequestResponse' }, { attributes: path });
    record.answers({ major: '1' });
    await record.reach('ResponseComplete', { code: 200, body: Buffer.from('{"major":"1"}') });
    expect(last()).not.toHaveProperty('responseObject');
    expect(last()).not.toHaveProperty('objectRef');
  });

  it('says what nobody expected, to nobody else', async () => {
    const { record, last } = begin({ level: 'Metadata' });
    record.answers({ kind: 'Status', message: 'Internal error occurred' });
    await record.reach('Panic', { code: 500, failure: 'x is undefined' });
    expect(last()).toMatchObject({
      stage: 'Panic',
      responseStatus: {
        status: 'Failure',
        message: "APIServer panic'd: x is undefined",
        reason: 'InternalError',
        code: 500,
      },
    });
  });

  it('has an event for each stage that is wanted, with its own time', () => {
    const { record, events, metrics } = begin({ level: 'Metadata', omitStages: ['ResponseStarted'] });
    expect(record.reach('RequestReceived')).toBe(true);
    expect(record.reach('ResponseStarted', { code: 200 })).toBe(true);
    expect(record.reach('ResponseComplete', { code: 200 })).toBe(true);
    expect(events.map(({ fields }) => [fields.stage, fields.reached, fields.responseStatus?.code])).toEqual([
      ['RequestReceived', 1000, undefined],
      ['ResponseComplete', 2000, 200],
    ]);
    expect(metrics.filter((name) => name === 'apiserver_audit_event_total')).toHaveLength(2);
  });

  it('has annotations and another’s name from when they are said', () => {
    const { record, events } = begin({ level: 'Metadata' });
    void record.reach('RequestReceived');
    record.annotate('a', '1');
    record.annotate('a', '2');
    record.impersonated({ ...user, name: 'bob' });
    void record.reach('ResponseComplete', { code: 200 });
    expect(events[0]?.fields.annotations).toEqual([['kcp.io/cluster', 'root']]);
    expect(events[1]?.fields.annotations).toEqual([
      ['a', '1'],
      ['kcp.io/cluster', 'root'],
    ]);
    expect(events.map(({ fields }) => fields.impersonatedUser?.name)).toEqual([undefined, 'bob']);
  });

  it('cuts a user agent that is too long', () => {
    const { record, events } = begin({ level: 'Metadata' }, { facts: { userAgent: 'x'.repeat(2000) } });
    void record.reach('RequestReceived');
    expect(events[0]?.fields.userAgent).toBe(`${'x'.repeat(1024)}...TRUNCATED`);
  });
});
