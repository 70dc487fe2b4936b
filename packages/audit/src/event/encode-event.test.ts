import { describe, expect, it } from '@jest/globals';
import { testEvent } from '../test-event.ts';
import { eventList } from '../webhook/event-list.ts';
import { legacyLine } from './legacy-line.ts';

const everything = testEvent({
  level: 'RequestResponse',
  stage: 'ResponseComplete',
  verb: 'update',
  user: { name: 'alice', uid: '7', groups: ['g1'], extra: { zone: ['b', 'a'], 'a.io/x': ['<1>'] } },
  impersonatedUser: { name: 'bob', uid: '', groups: [], extra: {} },
  sourceIps: ['10.0.0.1', '::1'],
  objectRef: {
    resource: 'deployments',
    namespace: 'default',
    name: 'web',
    uid: 'u',
    apiGroup: 'apps',
    apiVersion: 'v1',
    resourceVersion: '12',
    subresource: 'status',
  },
  responseStatus: {
    status: 'Failure',
    message: 'no & "no"',
    reason: 'Conflict',
    details: { name: 'web', kind: 'deployments' },
    code: 409,
  },
  requestObject: '{"kind":"Deployment"}',
  responseObject: '{"kind":"Status"}',
  annotations: [['authorization.k8s.io/decision', 'allow']],
});

describe('an event', () => {
  it('is written as kube-apiserver writes it', () => {
    expect(everything.text).toBe(
      '{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"RequestResponse","auditID":"an-id","stage":"ResponseComplete",' +
        '"requestURI":"/api/v1/namespaces/default/configmaps/a","verb":"update",' +
        '"user":{"username":"alice","uid":"7","groups":["g1"],"extra":{"a.io/x":["\\u003c1\\u003e"],"zone":["b","a"]}},' +
        '"impersonatedUser":{"username":"bob"},"sourceIPs":["10.0.0.1","::1"],"userAgent":"kubectl/v1.36.0",' +
        '"objectRef":{"resource":"deployments","namespace":"default","name":"web","uid":"u","apiGroup":"apps","apiVersion":"v1","resourceVersion":"12","subresource":"status"},' +
        '"responseStatus":{"metadata":{},"status":"Failure","message":"no \\u0026 \\"no\\"","reason":"Conflict","details":{"name":"web","kind":"deployments"},"code":409},' +
        '"requestObject":{"kind":"Deployment"},"responseObject":{"kind":"Status"},' +
        '"requestReceivedTimestamp":"2026-01-02T03:04:05.678000Z","stageTimestamp":"2026-01-02T03:04:05.680000Z",' +
        '"annotations":{"authorization.k8s.io/decision":"allow"}}',
    );
  });

  it('leaves out what is empty, but the user', () => {
    const nobody = { name: '', uid: '', groups: [], extra: {} };
    const text = testEvent({
      user: nobody,
      sourceIps: [],
      userAgent: '',
      objectRef: undefined,
      responseStatus: undefined,
    }).text;
    expect(text).toBe(
      '{"kind":"Event","apiVersion":"audit.k8s.io/v1","level":"Metadata","auditID":"an-id","stage":"ResponseComplete",' +
        '"requestURI":"/api/v1/namespaces/default/configmaps/a","verb":"get","user":{},' +
        '"requestReceivedTimestamp":"2026-01-02T03:04:05.678000Z","stageTimestamp":"2026-01-02T03:04:05.680000Z"}',
    );
  });

  it('is one line of JSON whatever clients put into it', () => {
    const nasty = 'a\nb\r\u2028\u0000"\\\ud800<script>';
    const event = testEvent({
      requestUri: nasty,
      verb: nasty,
      userAgent: nasty,
      auditId: nasty,
      user: { name: nasty, uid: nasty, groups: [nasty], extra: { [nasty]: [nasty], ['__proto__']: ['x'] } },
      annotations: [[nasty, nasty]],
    });
    expect(event.text).not.toMatch(/[\n\r\u2028]/);
    const read = JSON.parse(event.text) as { requestURI: string; user: { extra: object }; annotations: object };
    expect(read.requestURI).toBe(nasty.replace('\ud800', '\ufffd'));
    expect(Object.keys(read.user.extra)).toHaveLength(2);
    expect(event.size).toBe(Buffer.byteLength(event.text));
  });

  it('without its objects says so', () => {
    const { text } = everything.withoutObjects();
    expect(text).not.toContain('Object"');
    expect(text).toContain('"annotations":{"audit.k8s.io/truncated":"true","authorization.k8s.io/decision":"allow"}');
    expect(everything.text).toContain('requestObject');
  });
});

describe('a line of the older format', () => {
  it('has what it always had', () => {
    expect(legacyLine(everything.fields)).toBe(
      '2026-01-02T03:04:05.678Z AUDIT: id="an-id" stage="ResponseComplete" ip="10.0.0.1" method="update" user="alice" ' +
        'groups="\\"g1\\"" as="bob" asgroups="" user-agent="kubectl/v1.36.0" namespace="default" ' +
        'uri="/api/v1/namespaces/default/configmaps/a" response="409"',
    );
  });
  it('says what is not known', () => {
    const line = legacyLine({
      ...testEvent().fields,
      received: Date.parse('2026-01-02T03:04:05Z'),
      user: { name: '', uid: '', groups: ['g'], extra: {} },
      sourceIps: [],
      objectRef: undefined,
      responseStatus: undefined,
    });
    expect(line).toBe(
      '2026-01-02T03:04:05Z AUDIT: id="an-id" stage="ResponseComplete" ip="<unknown>" method="get" user="<none>" ' +
        'groups="<none>" as="<self>" asgroups="<lookup>" user-agent="kubectl/v1.36.0" namespace="<none>" ' +
        'uri="/api/v1/namespaces/default/configmaps/a" response="<deferred>"',
    );
  });
});

describe('a list of events', () => {
  it('says once what it holds', () => {
    const read = JSON.parse(eventList([everything, testEvent()]).toString()) as { items: object[] };
    expect(read).toMatchObject({ kind: 'EventList', apiVersion: 'audit.k8s.io/v1', metadata: {} });
    expect(read.items).toHaveLength(2);
    expect(Object.keys(read.items[0] ?? {})[0]).toBe('level');
  });
});
