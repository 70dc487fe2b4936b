import { describe, expect, it } from '@jest/globals';
import { inSpan, type Span } from './tracer.ts';

/** A span that writes down what becomes of it. */
function recording(said: string[], name = 'root'): Span {
  return {
    child: (child) => (said.push(`begin ${child}`), recording(said, child)),
    set: () => {},
    fail: (error) => void said.push(`fail ${name}: ${error instanceof Error ? error.message : ''}`),
    end: () => void said.push(`end ${name}`),
  };
}

describe('work within a span', () => {
  it('is a part of it', async () => {
    const said: string[] = [];
    expect(await inSpan(recording(said), 'commit', () => Promise.resolve(said.push('work')))).toBe(2);
    expect(said).toEqual(['begin commit', 'work', 'end commit']);
  });
  it('that fails says so, and fails', async () => {
    const said: string[] = [];
    const work = () => Promise.reject(new Error('no'));
    await expect(inSpan(recording(said), 'commit', work)).rejects.toThrow('no');
    expect(said).toEqual(['begin commit', 'fail commit: no', 'end commit']);
  });
  it('is done where there is none', async () => {
    expect(await inSpan(undefined, 'commit', () => Promise.resolve(1))).toBe(1);
  });
});
