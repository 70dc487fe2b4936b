import { describe, expect, it } from '@jest/globals';
import { Turnstile } from './turnstile.ts';

/** Work that ends when the test says so. */
const held = () => {
  const log: string[] = [];
  const ends = new Map<string, () => void>();
  const work = (name: string) => (): Promise<void> => {
    log.push(name);
    return new Promise((resolve) => ends.set(name, resolve));
  };
  const turn = async (): Promise<void> => {
    for (let count = 0; count < 20; count += 1) await Promise.resolve();
  };
  const end = async (name: string): Promise<void> => {
    ends.get(name)?.();
    await turn();
  };
  return { log, work, end, turn };
};

describe('a turnstile', () => {
  it('lets through as many as it may', async () => {
    const turnstile = new Turnstile(2);
    const { log, work, end, turn } = held();
    const all = ['a', 'b', 'c', 'd'].map((key) => turnstile.pass({ writes: [key], reads: [] }, work(key)));
    await turn();
    expect([log, turnstile.held]).toEqual([['a', 'b'], 4]);
    await end('b');
    expect(log).toEqual(['a', 'b', 'c']);
    for (const key of ['a', 'c']) await end(key);
    await end('d');
    await Promise.all(all);
    expect([log, turnstile.held]).toEqual([['a', 'b', 'c', 'd'], 0]);
  });

  it('keeps the order of those that share a key, unless both only read it', async () => {
    const turnstile = new Turnstile(9);
    const { log, work, end, turn } = held();
    const all = [
      turnstile.pass({ writes: [], reads: ['k'] }, work('read 1')),
      turnstile.pass({ writes: ['x'], reads: ['k'] }, work('read 2')),
      turnstile.pass({ writes: ['k'], reads: ['k'] }, work('write')),
      turnstile.pass({ writes: ['y'], reads: ['k'] }, work('read 3')),
      turnstile.pass({ writes: ['z'], reads: [] }, work('other')),
    ];
    await turn();
    expect(log).toEqual(['read 1', 'read 2', 'other']);
    await end('read 1');
    expect(log).not.toContain('write');
    await end('read 2');
    expect(log.at(-1)).toBe('write');
    await end('write');
    expect(log.at(-1)).toBe('read 3');
    for (const name of ['read 3', 'other']) await end(name);
    await Promise.all(all);
  });

  it('goes on after work that failed', async () => {
    const turnstile = new Turnstile(1);
    const failing = turnstile.pass({ writes: ['k'], reads: [] }, () => Promise.reject(new Error('no')));
    const next = turnstile.pass({ writes: ['k'], reads: [] }, () => Promise.resolve('yes'));
    await expect(failing).rejects.toThrow('no');
    expect(await next).toBe('yes');
  });
});
