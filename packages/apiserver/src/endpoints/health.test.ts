import { describe, expect, it } from '@jest/globals';
import { nobody, type Exchange } from '../exchange.ts';
import { inlineOffload } from '../offload/inline-offload.ts';
import { Query } from '../request/query.ts';
import { health, type HealthChecks } from './health.ts';

const request = {
  method: 'GET',
  path: '',
  query: '',
  protocol: 'in-process',
  peer: { address: '', certificate: undefined, connection: {} },
  header: () => undefined,
  headers: () => [],
  body: () => Promise.resolve(Buffer.alloc(0)),
  signal: new AbortController().signal,
} as const;

function ask(target: string, checks: HealthChecks): { status: number; text: string } | undefined {
  const [path = '', query = ''] = target.split('?');
  const exchange: Exchange = {
    request,
    query: Query.parse(query),
    auditId: 'a',
    received: 0,
    warnings: [],
    offload: inlineOffload(),
    path,
    prefix: '',
    cluster: 'root' as never,
    user: nobody,
    info: { kind: 'path', verb: 'get', path },
  };
  const response = health(exchange, checks);
  return response && { status: response.status, text: Buffer.from(response.body as Uint8Array).toString() };
}

const good = { name: 'ping', check: () => undefined };
const bad = { name: 'store', check: () => 'the disk is full' };

describe('health endpoints', () => {
  const checks: HealthChecks = { healthz: [good], livez: [good], readyz: [good, bad] };

  it('say ok, or list the checks where one fails or verbose is asked', () => {
    expect(ask('/healthz', checks)).toEqual({ status: 200, text: 'ok' });
    expect(ask('/livez?verbose', checks)).toEqual({ status: 200, text: '[+]ping ok\nlivez check passed\n' });
    expect(ask('/readyz', checks)).toEqual({
      status: 500,
      text: '[+]ping ok\n[-]store failed: reason withheld\nreadyz check failed\n',
    });
  });

  it('answer single checks and exclude others', () => {
    expect(ask('/readyz/ping', checks)).toEqual({ status: 200, text: 'ok' });
    expect(ask('/readyz/store', checks)?.status).toBe(500);
    expect(ask('/readyz/nope', checks)?.status).toBe(404);
    expect(ask('/readyz?exclude=store', checks)).toEqual({ status: 200, text: 'ok' });
    expect(ask('/livez?verbose&exclude=nope', checks)?.text).toContain(
      'warn: some health checks cannot be excluded: no matches for "nope"',
    );
  });

  it('leave other paths alone', () => {
    expect(ask('/version', checks)).toBeUndefined();
  });
});
