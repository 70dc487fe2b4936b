import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createServer } from 'node:http';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { formatTokenFile, openWire, startServerProcess, type ServerProcess } from '@kcp/testing';
import { kcpProgram } from '../kcp-program.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kcp-audit-'));
  await writeFile(join(folder, 'tokens.csv'), formatTokenFile());
  await writeFile(
    join(folder, 'policy.yaml'),
    'apiVersion: audit.k8s.io/v1\nkind: Policy\nrules: [{ level: Metadata, users: [admin] }]\n',
  );
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const at = (name: string): string => join(folder, name);
const base = (): string[] => [
  'start',
  '--root-directory',
  at('root'),
  '--bind-address',
  '127.0.0.1',
  '--secure-port',
  '0',
];

function startKcp(...flags: string[]): Promise<ServerProcess> {
  return startServerProcess({
    program: kcpProgram,
    arguments: [...base(), '--token-auth-file', at('tokens.csv'), ...flags],
  });
}

async function refusal(...flags: string[]): Promise<string> {
  const child = spawn(kcpProgram, [...base(), ...flags], { stdio: ['ignore', 'ignore', 'pipe'], timeout: 20_000 });
  const [said, [code]] = await Promise.all([child.stderr.toArray(), once(child, 'close')]);
  return `${code} ${Buffer.concat(said as Buffer[]).toString()}`;
}

describe('kcp start', () => {
  it('records requests, and a crash leaves whole lines', async () => {
    const flags = ['--audit-policy-file', at('policy.yaml'), '--audit-log-path', at('logs/audit.log')];
    const server = await startKcp(...flags);
    using wire = openWire({ url: server.url, token: 'admin-token', authority: server.certificateAuthority });
    for (let count = 0; count < 20; count += 1) await wire.request('/api/v1/namespaces');
    const metrics = (await wire.request('/metrics')).text;
    await server.kill();
    const text = await readFile(at('logs/audit.log'), 'utf8');
    const events = text.slice(0, text.lastIndexOf('\n')).split('\n');
    expect(events.length).toBeGreaterThanOrEqual(40);
    for (const event of events) expect(JSON.parse(event)).toMatchObject({ kind: 'Event', user: { username: 'admin' } });
    expect((await stat(at('logs/audit.log'))).mode & 0o777).toBe(0o600);
    expect(metrics).toMatch(/^apiserver_audit_event_total 4\d$/m);
    expect(metrics).toMatch(/^apiserver_audit_level_total{level="Metadata"} 2\d$/m);
  });

  it('sends traces to a collector', async () => {
    const spans: { name: string; parentSpanId?: string; traceId: string }[] = [];
    const collector = createServer((request, response) => {
      void request.toArray().then((chunks) => {
        const { resourceSpans } = JSON.parse(Buffer.concat(chunks as Buffer[]).toString()) as {
          resourceSpans: { scopeSpans: { spans: typeof spans }[] }[];
        };
        for (const { scopeSpans } of resourceSpans) for (const scope of scopeSpans) spans.push(...scope.spans);
        response.writeHead(200, { 'content-type': 'application/json' }).end('{}');
      });
    });
    collector.listen(0, '127.0.0.1');
    await once(collector, 'listening');
    const { port } = collector.address() as AddressInfo;
    await writeFile(
      at('tracing.yaml'),
      `apiVersion: apiserver.config.k8s.io/v1beta1\nkind: TracingConfiguration\nendpoint: http://127.0.0.1:${port}\n`,
    );
    const server = await startKcp('--tracing-config-file', at('tracing.yaml'));
    using wire = openWire({ url: server.url, token: 'admin-token', authority: server.certificateAuthority });
    const traceId = '0af7651916cd43dd8448eb211c80319c';
    const create = { method: 'POST', body: { metadata: { name: 'traced' } } };
    const headers = { traceparent: `00-${traceId}-b7ad6b7169203331-01` };
    expect((await wire.request('/api/v1/namespaces', { ...create, headers })).status).toBe(201);
    await wire.request('/api/v1/namespaces/traced');
    await server.stop();
    collector.closeAllConnections();
    collector.close();
    const root = spans.find(({ parentSpanId }) => parentSpanId === 'b7ad6b7169203331');
    expect(root).toMatchObject({ name: 'POST /api/v1/namespaces', traceId });
    expect(new Set(spans.map((span) => span.traceId))).toEqual(new Set([traceId]));
    expect(new Set(spans.map(({ name }) => name))).toEqual(
      new Set([
        'POST /api/v1/namespaces',
        'authenticate',
        'beginAudit',
        'impersonate',
        'foregoAuthorization',
        'mayEnter',
        'pass',
        'read body',
        'share',
        'decode',
        'mutating admission',
        'validating admission',
        'checkOpen',
        'commit',
      ]),
    );
  });

  it.each<[string, () => readonly string[], RegExp]>([
    [
      'a policy that is not there',
      () => ['--audit-policy-file', at('no.yaml')],
      /^1 error: cannot read .*no.yaml: there is no such file/,
    ],
    [
      'a log that is a folder',
      () => ['--audit-policy-file', at('policy.yaml'), '--audit-log-path', folder],
      /^1 error: .*EISDIR/,
    ],
    ['a mode that is none', () => ['--audit-log-mode', 'async'], /invalid value "async" for --audit-log-mode/],
    [
      'batches smaller than their events',
      () => [
        '--audit-log-path',
        '-',
        '--audit-log-truncate-max-batch-size',
        '5',
        '--audit-policy-file',
        at('policy.yaml'),
      ],
      /invalid audit truncate log max batch size 5, must be greater than max event size \(102400\)/,
    ],
    [
      'traces to nowhere',
      () => ['--tracing-config-file', at('tokens.csv')],
      /tokens.csv: unable to decode tracing configuration data/,
    ],
  ])('says what is wrong with %s', async (_, flags, message) => {
    expect(await refusal(...flags())).toMatch(message);
  });
});
