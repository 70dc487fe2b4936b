import { describe, expect, it } from '@jest/globals';
import { testEvent, testFailures } from '../test-event.ts';
import type { AuditEvent } from '../event/audit-event.ts';
import type { Backend } from './backend.ts';
import { lenientBackend } from './lenient.ts';
import { TokenBucket } from './token-bucket.ts';
import { truncatingBackend } from './truncating.ts';
import { unionBackend } from './union.ts';

function keeping(answer: boolean | Promise<boolean>): Backend & { readonly kept: AuditEvent[]; closed: number } {
  const kept: AuditEvent[] = [];
  const backend = {
    kept,
    closed: 0,
    process: (events: readonly AuditEvent[]) => (kept.push(...events), answer),
    close: async () => void (backend.closed += 1),
  };
  return backend;
}
const never = new AbortController().signal;

describe('several backends', () => {
  it('all get everything, and all must take it', async () => {
    const [a, b] = [keeping(true), keeping(false)];
    const both = unionBackend([a, b]);
    expect(both.process([testEvent()])).toBe(false);
    expect([a.kept.length, b.kept.length]).toEqual([1, 1]);
    await both.close(never);
    expect([a.closed, b.closed]).toEqual([1, 1]);
  });
  it('may take their time', async () => {
    expect(await unionBackend([keeping(true), keeping(Promise.resolve(true))]).process([])).toBe(true);
    expect(await unionBackend([keeping(true), keeping(Promise.resolve(false))]).process([])).toBe(false);
    const only = keeping(true);
    expect(unionBackend([only])).toBe(only);
  });
});

describe('a backend whose failures do not count', () => {
  it('is waited for all the same', async () => {
    expect(lenientBackend(keeping(false)).process([])).toBe(true);
    expect(await lenientBackend(keeping(Promise.resolve(false))).process([])).toBe(true);
  });
});

describe('events that are kept small', () => {
  const limits = { enabled: true, maxEventBytes: 1000, maxBatchBytes: 2000 };
  const object = JSON.stringify('x'.repeat(1000));

  it('lose their objects first', () => {
    const kept = keeping(true);
    const { failures, counts } = testFailures();
    const small = truncatingBackend(kept, limits, failures);
    void small.process([testEvent(), testEvent({ level: 'RequestResponse', responseObject: object })]);
    expect(kept.kept[0]?.text).not.toContain('truncated');
    expect(kept.kept[1]?.text).toContain('"audit.k8s.io/truncated":"true"');
    expect(kept.kept[1]?.text).not.toContain('responseObject');
    expect(counts).toEqual({});
  });
  it('are dropped where that does not help', () => {
    const kept = keeping(false);
    const { failures, counts } = testFailures();
    const small = truncatingBackend(kept, limits, failures);
    const huge = { userAgent: 'x'.repeat(2000) };
    expect(small.process([testEvent(huge), testEvent({ ...huge, level: 'Request', requestObject: object })])).toBe(
      true,
    );
    expect(kept.kept).toEqual([]);
    expect(counts).toEqual({ truncate: 2 });
    expect(small.process([testEvent()])).toBe(false);
  });
});

describe('a rate', () => {
  it('lets a burst pass, then one after the other', () => {
    const bucket = new TokenBucket({ perSecond: 10, burst: 2 }, 0);
    expect([bucket.take(0), bucket.take(0), bucket.take(0)]).toEqual([0, 0, 100]);
    expect([bucket.take(50), bucket.take(100), bucket.take(100)]).toEqual([50, 0, 100]);
  });
  it('saves up no more than a burst, and does not mind a clock that is set back', () => {
    const bucket = new TokenBucket({ perSecond: 10, burst: 2 }, 0);
    expect([bucket.take(60_000), bucket.take(60_000), bucket.take(60_000)]).toEqual([0, 0, 100]);
    expect(bucket.take(0)).toBe(100);
  });
});
