import { describe, expect, it } from '@jest/globals';
import { KeptDocuments } from './kept-documents.ts';

describe('kept documents', () => {
  it('are made once', () => {
    const kept = new KeptDocuments();
    const first = kept.get('k', 'a', () => ({ made: 1 }));
    expect(first.toString()).toBe('{"made":1}');
    expect(kept.get('k', 'b', () => ({ made: 2 }))).toBe(first);
  });

  it('of one logical cluster stay, whatever another one has made', () => {
    const kept = new KeptDocuments(4_000);
    const text = 'x'.repeat(200);
    const own = kept.get('own', 'quiet', () => ({ text }));
    for (let at = 0; at < 100; at += 1) kept.get(`k${at}`, 'noisy', () => ({ text, at }));
    expect(kept.get('own', 'quiet', () => ({}))).toBe(own);
    expect(kept.get('k0', 'noisy', () => ({})).toString()).toBe('{}');
  });
});
