import { describe, expect, it } from '@jest/globals';
import { warningHeaders } from './warning-headers.ts';

describe('warningHeaders', () => {
  it('quotes', () => {
    expect(warningHeaders(['unknown field "a\\b"', 'two\r\nlines'])).toEqual([
      '299 - "unknown field \\"a\\\\b\\""',
      '299 - "two lines"',
    ]);
  });

  it('carries every letter as UTF-8, and leaves out what has control characters', () => {
    const [header = '', ...more] = warningHeaders(['é🎉\ud800', 'a\u0000b', 'a\u009fb']);
    expect(header).toMatch(/^[\t\u0020-\u007e\u0080-\u00ff]*$/);
    expect(Buffer.from(header, 'latin1').toString('utf8')).toBe('299 - "é🎉\ufffd"');
    expect(more).toEqual([]);
  });

  it('is bounded, however many and long the texts are', () => {
    const headers = warningHeaders(Array.from({ length: 100 }, (_, i) => `${i} ${'x'.repeat(100_000)}`));
    expect(headers).toHaveLength(16);
    expect(headers.join('').length).toBeLessThan(5000);
    expect(warningHeaders(['x'.repeat(4096)])[0]).toHaveLength(4104);
  });
});
