import { describe, expect, it } from '@jest/globals';
import { canonicalBase64 } from './base64.ts';

describe('base64 as Go reads it', () => {
  it.each([
    ['', ''],
    ['AA==', 'AA=='],
    ['AA\n=\r\n=', 'AA=='],
    ['aGk=', 'aGk='],
  ])('%j is %j', (given, canonical) => {
    expect(canonicalBase64(given)).toBe(canonical);
  });

  it.each(['a', 'aGk', '_-8=', '***', 'A=A=', 'AA==AA==', 'AA ='])('%j is none', (given) => {
    expect(canonicalBase64(given)).toBeUndefined();
  });
});
