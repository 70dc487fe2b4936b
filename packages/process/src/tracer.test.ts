import { describe, expect, it } from '@jest/globals';
import { silentLogger, type Logger, type LogFields, type TraceStart } from '@kcp/telemetry';
import { grpcCollector, httpCollector } from './test-collector.ts';
import { createTracer, type ProgramTracer } from './tracer.ts';

const TRACE = '0af7651916cd43dd8448eb211c80319c';
const parent = (sampled: boolean): string => `00-${TRACE}-b7ad6b7169203331-0${sampled ? 1 : 0}`;

const open = (
  endpoint: string,
  samplingRatePerMillion: number,
  logger: Logger = silentLogger,
): Promise<ProgramTracer> =>
  createTracer({ endpoint, samplingRatePerMillion, service: { name: 'kcp', instance: 'test' }, logger });
const request = (changes: Partial<TraceStart> = {}): TraceStart => ({
  name: 'GET /api/v1/namespaces',
  start: 1_700_000_000_000,
  attributes: { 'audit-id': 'a' },
  traceparent: undefined,
  tracestate: undefined,
  isTrusted: true,
  ...changes,
});

describe('traces', () => {
  it('reach a collector over HTTP, parts and all', async () => {
    await using collector = await httpCollector();
    const tracer = await open(collector.endpoint, 1_000_000);
    const span = tracer.begin(request());
    const part = span?.child('authorize');
    part?.fail(new Error('no'));
    part?.end();
    span?.set({ 'http.response.status_code': 403 });
    span?.end();
    await tracer[Symbol.asyncDispose]();
    const [authorize, root] = collector.spans;
    expect(collector.spans.map(({ name }) => name)).toEqual(['authorize', 'GET /api/v1/namespaces']);
    expect(root?.attributes).toMatchObject({ 'audit-id': 'a', 'http.response.status_code': '403' });
    expect(authorize?.traceId).toBe(root?.traceId);
    expect(root?.parentSpanId).toBe('');
  });

  it('reach a collector over gRPC', async () => {
    await using collector = await grpcCollector();
    const tracer = await open(collector.endpoint, 1_000_000);
    tracer.begin(request({ traceparent: parent(true) }))?.end();
    await tracer[Symbol.asyncDispose]();
    expect(collector.spans).toMatchObject([
      { name: 'GET /api/v1/namespaces', traceId: TRACE, parentSpanId: 'b7ad6b7169203331' },
    ]);
  });

  it('of clients that are trusted go on, and say themselves whether they are recorded', async () => {
    await using collector = await httpCollector();
    const tracer = await open(collector.endpoint, 0);
    expect(tracer.begin(request())).toBeUndefined();
    expect(tracer.begin(request({ traceparent: parent(false) }))).toBeUndefined();
    expect(tracer.begin(request({ traceparent: 'nonsense' }))).toBeUndefined();
    tracer.begin(request({ traceparent: parent(true), tracestate: 'a=b' }))?.end();
    await tracer[Symbol.asyncDispose]();
    expect(collector.spans.map(({ traceId }) => traceId)).toEqual([TRACE]);
  });

  it('of others are only referred to, and decide nothing', async () => {
    await using collector = await httpCollector();
    const never = await open(collector.endpoint, 0);
    expect(never.begin(request({ traceparent: parent(true), isTrusted: false }))).toBeUndefined();
    await never[Symbol.asyncDispose]();
    const always = await open(collector.endpoint, 1_000_000);
    always.begin(request({ traceparent: parent(false), isTrusted: false }))?.end();
    await always[Symbol.asyncDispose]();
    expect(collector.spans).toMatchObject([{ parentSpanId: '', links: 1 }]);
    expect(collector.spans[0]?.traceId).not.toBe(TRACE);
  });

  it('that nobody takes are told once, and gone', async () => {
    await using collector = await httpCollector(400);
    const told: LogFields[] = [];
    const logger: Logger = { ...silentLogger, warn: (_, fields) => void told.push(fields ?? {}) };
    const tracer = await open(collector.endpoint, 1_000_000, logger);
    tracer.begin(request())?.end();
    await tracer[Symbol.asyncDispose]();
    expect(told).toMatchObject([{ endpoint: collector.endpoint, spans: 1 }]);
  });
});
