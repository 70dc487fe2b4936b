import { describe, expect, it } from '@jest/globals';
import { earlyAcknowledgements, traceWrites } from './testing/flush-trace.ts';

const acknowledgements = (trace: readonly string[]): number =>
  trace.filter((line) => line.startsWith('mark ack')).length;

const skipped = (): void => console.log('SKIPPED: the proof that commits are flushed needs a C compiler `cc`');

describe('the check for early acknowledgements', () => {
  it('wants a flush and then a written-through meta page between commit and acknowledgement', () => {
    const commit = ['mark submit 0 0', 'write', 'write'];
    const ack = 'mark ack 0 0 1 0';
    expect(earlyAcknowledgements([...commit, 'flush', 'write-through', ack])).toEqual([]);
    expect(earlyAcknowledgements([...commit, ack])).toEqual([ack]);
    expect(earlyAcknowledgements([...commit, 'flush', ack])).toEqual([ack]);
    expect(earlyAcknowledgements([...commit, 'write-through', ack])).toEqual([ack]);
    expect(earlyAcknowledgements([...commit, 'write-through', 'flush', ack])).toEqual([ack]);
    expect(earlyAcknowledgements([...commit, 'flush', 'write-through', 'write', ack])).toEqual([ack]);
    expect(earlyAcknowledgements(['flush', 'write-through', ...commit, ack])).toEqual([ack]);
  });
});

describe('a commit', () => {
  it('is flushed before it is acknowledged', () => {
    for (const writers of [1, 8]) {
      const trace = traceWrites({ writers, commits: 40, sync: true });
      if (trace === undefined) return skipped();
      expect(acknowledgements(trace)).toBe(writers * 40);
      expect(earlyAcknowledgements(trace)).toEqual([]);
    }
  });

  it('is found out where it is not', () => {
    const trace = traceWrites({ writers: 1, commits: 40, sync: false });
    if (trace === undefined) return skipped();
    expect(acknowledgements(trace)).toBe(40);
    expect(earlyAcknowledgements(trace)).toHaveLength(40);
  });
});
