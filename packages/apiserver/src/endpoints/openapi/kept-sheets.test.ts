import { describe, expect, it } from '@jest/globals';
import { KeptSheets, type Sheet } from './kept-sheets.ts';

const sheet = (length: number): Sheet => ({ pieces: [new Uint8Array(length)], length, hash: 'A' });

describe('kept sheets', () => {
  it('are made once, however many ask meanwhile', async () => {
    const kept = new KeptSheets(100_000);
    let made = 0;
    const make = async (): Promise<Sheet> => {
      made += 1;
      await new Promise((resolve) => void setImmediate(resolve));
      return sheet(100);
    };
    const asked = await Promise.all(['a', 'b', 'a'].map((owner) => kept.keep('k', owner, make)));
    expect(new Set(asked).size).toBe(1);
    expect(await kept.keep('k', 'c', make)).toBe(asked[0]);
    expect(made).toBe(1);
  });

  it('of one logical cluster stay, whatever another one has made', async () => {
    const kept = new KeptSheets(40_000);
    const own = await kept.keep('own', 'quiet', async () => sheet(2_000));
    for (let at = 0; at < 100; at += 1) await kept.keep(`k${at}`, 'noisy', async () => sheet(2_000));
    const anew = sheet(2_000);
    expect(await kept.keep('own', 'quiet', async () => anew)).toBe(own);
    expect(await kept.keep('k0', 'noisy', async () => anew)).toBe(anew);
  });

  it('are not kept where making them fails, and who waits is told', async () => {
    const kept = new KeptSheets(40_000);
    const fail = (): Promise<Sheet> => Promise.reject(new Error('no document'));
    const asked = await Promise.allSettled([kept.keep('k', 'a', fail), kept.keep('k', 'b', fail)]);
    expect(asked.map(({ status }) => status)).toEqual(['rejected', 'rejected']);
    expect(await kept.keep('k', 'a', async () => sheet(1))).toEqual(sheet(1));
  });
});
