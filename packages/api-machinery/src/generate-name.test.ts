import { describe, expect, it } from '@jest/globals';
import { generateName } from './generate-name.ts';
import { uidFrom } from './uid.ts';

describe('a generated name', () => {
  it('ends with five characters that form no words', () => {
    let next = 0;
    expect(generateName('gen-', (limit) => next++ % limit)).toBe('gen-bcdfg');
    expect(generateName('gen-', (limit) => limit - 1)).toBe('gen-99999');
    expect(generateName('', () => Math.floor(Math.random() * 27))).toMatch(/^[bcdfghjklmnpqrstvwxz2456789]{5}$/);
  });

  it('has at most 63 characters', () => {
    expect(generateName('g'.repeat(200), () => 0)).toBe(`${'g'.repeat(58)}bbbbb`);
    expect(generateName('g'.repeat(58), () => 0)).toHaveLength(63);
  });
});

describe('a uid', () => {
  it('is a version 4 UUID', () => {
    expect(uidFrom(new Uint8Array(16))).toBe('00000000-0000-4000-8000-000000000000');
    expect(uidFrom(new Uint8Array(16).fill(255))).toBe('ffffffff-ffff-4fff-bfff-ffffffffffff');
    expect(uidFrom(Uint8Array.from({ length: 16 }, (_, at) => at))).toBe('00010203-0405-4607-8809-0a0b0c0d0e0f');
  });
});
