import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { silentLogger, silentMeter } from '@kcp/telemetry';
import { TestClock } from './test-clock.ts';
import {
  openAudit,
  type AuditLogOptions,
  type AuditMode,
  type AuditWebhookOptions,
  type OpenAudit,
} from './open-audit.ts';
import { parsePolicy } from './policy/parse-policy.ts';
import type { RequestRecord } from './request-record.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kcp-audit-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const policy = parsePolicy({ apiVersion: 'audit.k8s.io/v1', kind: 'Policy', rules: [{ level: 'Metadata' }] });
const common = {
  batch: { bufferSize: 10, maxSize: 10, maxWaitMs: 60_000, throttle: undefined },
  truncate: { enabled: false, maxEventBytes: 100_000, maxBatchBytes: 1_000_000 },
};
const log = (path: string, mode: AuditMode, changes: Partial<AuditLogOptions> = {}): AuditLogOptions => ({
  ...common,
  path,
  mode,
  format: 'json',
  maxBytes: 0,
  maxAgeDays: 0,
  maxBackups: 0,
  compress: false,
  ...changes,
});

function open(options: { log?: AuditLogOptions; webhook?: AuditWebhookOptions }, output: string[] = []) {
  return openAudit(
    { policy, ...options },
    {
      clock: new TestClock(),
      random: () => 0,
      meter: silentMeter,
      logger: silentLogger,
      standardOutput: { write: (bytes, done) => (output.push(Buffer.from(bytes).toString()), done()) },
    },
  );
}

function record({ recorder }: OpenAudit): RequestRecord | undefined {
  const user = { name: 'a', uid: '', groups: [], extra: {} };
  const facts = { auditId: 'id', requestUri: '/x', sourceIps: [], userAgent: '', received: 0, user, annotations: [] };
  return recorder.begin({ kind: 'path', verb: 'get', user, path: '/x' }, () => facts);
}

describe('a log', () => {
  it('in mode blocking has an event before the request goes on', async () => {
    const path = join(folder, 'audit.log');
    const audit = await open({ log: log(path, 'blocking') });
    await record(audit)?.reach('RequestReceived');
    expect((await readFile(path, 'utf8')).split('\n')).toHaveLength(2);
    await audit.close(1000);
  });

  it('in mode batch has it at the end at the latest', async () => {
    const path = join(folder, 'audit.log');
    const audit = await open({ log: log(path, 'batch') });
    expect(record(audit)?.reach('RequestReceived')).toBe(true);
    expect(await readFile(path, 'utf8')).toBe('');
    await audit.close(1000);
    expect(await readFile(path, 'utf8')).toContain('"stage":"RequestReceived"');
  });

  it.each<[AuditMode, boolean]>([
    ['batch', true],
    ['blocking', true],
    ['blocking-strict', false],
  ])('on a disk that is full, in mode %s, lets requests pass: %s', async (mode, expected) => {
    const audit = await open({ log: log('/dev/full', mode) });
    expect(await record(audit)?.reach('RequestReceived')).toBe(expected);
    await audit.close(1000);
  });

  it('may be standard output', async () => {
    const output: string[] = [];
    const audit = await open({ log: log('-', 'blocking', { format: 'legacy' }) }, output);
    await record(audit)?.reach('RequestReceived');
    await audit.close(1000);
    expect(output.join('')).toMatch(/^1970-01-01T00:00:00Z AUDIT: id="id" stage="RequestReceived" .*\n$/);
  });

  it('that cannot be opened ends the start', async () => {
    await expect(open({ log: log(folder, 'blocking') })).rejects.toMatchObject({ code: 'EISDIR', path: folder });
  });

  it('keeps its events small where that is wanted', async () => {
    const path = join(folder, 'audit.log');
    const truncate = { enabled: true, maxEventBytes: 10, maxBatchBytes: 10 };
    const audit = await open({ log: log(path, 'blocking', { truncate }) });
    expect(await record(audit)?.reach('RequestReceived')).toBe(true);
    await audit.close(1000);
    expect(await readFile(path, 'utf8')).toBe('');
  });
});

describe('a webhook', () => {
  it('gets what is held when the server stops, beside the log', async () => {
    const bodies: string[] = [];
    const path = join(folder, 'audit.log');
    const webhook: AuditWebhookOptions = {
      ...common,
      mode: 'batch',
      initialBackoffMs: 1000,
      post: async (body) => (bodies.push(body.toString()), 200),
    };
    const audit = await open({ log: log(path, 'blocking'), webhook });
    const made = record(audit);
    await made?.reach('RequestReceived');
    await made?.reach('ResponseComplete', { code: 200 });
    expect(bodies).toEqual([]);
    await audit.close(1000);
    expect(JSON.parse(bodies[0] ?? '')).toMatchObject({
      items: [{ stage: 'RequestReceived' }, { stage: 'ResponseComplete' }],
    });
    expect((await readFile(path, 'utf8')).split('\n')).toHaveLength(3);
  });
});
