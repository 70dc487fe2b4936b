import { describe, expect, it } from '@jest/globals';
import * as fc from 'fast-check';
import { splitLines } from './lines.ts';

async function* pieces(all: readonly string[]): AsyncGenerator<Uint8Array> {
  for (const piece of all) yield Buffer.from(piece, 'latin1');
}

async function lines(all: readonly string[], maxBytes = 1000): Promise<readonly string[]> {
  const found: string[] = [];
  for await (const line of splitLines(pieces(all), maxBytes)) found.push(line.toString('latin1'));
  return found;
}

describe('the lines of a stream', () => {
  it('are the same however it is cut', async () => {
    const text = fc.array(fc.string({ unit: fc.constantFrom('a', '\n', 'é'), maxLength: 9 }), { maxLength: 9 });
    await fc.assert(
      fc.asyncProperty(text, async (cut) => {
        const whole = cut.join('').split('\n').slice(0, -1);
        expect(await lines(cut)).toEqual(whole.filter((line) => line !== ''));
      }),
    );
  });

  it('end with the last newline: half an event is none', async () => {
    expect(await lines(['a\nb'])).toEqual(['a']);
  });

  it('have a greatest length, also while their end has not come', async () => {
    await expect(lines(['abcd\n'], 3)).rejects.toMatchObject({ reason: 'RequestEntityTooLarge' });
    await expect(lines(['ab', 'cd'], 3)).rejects.toMatchObject({ reason: 'RequestEntityTooLarge' });
    expect(await lines(['abc\nabc\n'], 3)).toEqual(['abc', 'abc']);
  });

  it('are taken as they are read: what is not asked for is not fetched', async () => {
    let given = 0;
    async function* endless(): AsyncGenerator<Uint8Array> {
      while (true) {
        given += 1;
        yield Buffer.from('x\n');
      }
    }
    for await (const _line of splitLines(endless(), 10)) if (given === 3) break;
    expect(given).toBe(3);
  });
});
