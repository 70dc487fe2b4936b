import { randomBytes } from 'node:crypto';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, describe, expect, it } from '@jest/globals';
import { randomFrom } from '../testing/random.ts';
import { openTablesIn } from './open-tables.ts';
import { Packing } from './packing.ts';
import type { Tables } from './tables.ts';

const root = mkdtempSync(join(tmpdir(), 'packing-'));
afterAll(() => rmSync(root, { recursive: true }));

const samples = Buffer.from(
  JSON.stringify({ kind: 'Widget', metadata: { managedFields: [{ manager: 'kcp' }] } }).repeat(9),
);

const openIn = (name: string, resources: AsyncDisposableStack, words?: Uint8Array): Tables =>
  openTablesIn({ folder: join(root, name), resources, sync: false, ...(words && { samples: words }) });

/** Texts as rows have them: pieces that come again, pieces of the samples, and pieces that are like nothing. */
const someValue = (pick: (below: number) => number): Buffer => {
  const pieces: Buffer[] = [];
  for (let left = pick(12); left > 0; left -= 1) {
    const kinds = [
      () => randomBytes(pick(600)),
      () => samples.subarray(pick(200), 200 + pick(300)),
      () => Buffer.alloc(pick(5_000), pick(256)),
      () => pieces[pick(pieces.length)] ?? Buffer.alloc(1, 254),
      () => Buffer.from(`{"name":"w${pick(1e6)}"}`),
    ];
    pieces.push(kinds[pick(kinds.length)]?.() ?? Buffer.alloc(0));
  }
  return Buffer.concat(pieces);
};

describe('packing', () => {
  it.each([
    ['with samples', samples],
    ['with the longest samples', Buffer.concat([samples, randomBytes(40 * 1024 - 2 * samples.length), samples])],
    ['without', undefined],
  ] as const)('%s, what is read is what was written', async (name, words) => {
    await using resources = new AsyncDisposableStack();
    const tables = openIn(name, resources, words);
    const { below: pick } = randomFrom(7);
    const values = Array.from({ length: 400 }, () => someValue(pick));
    await tables.env.batch(() => {
      for (const [at, value] of values.entries()) {
        const stored = { revision: at + 1, value };
        void tables.current.put(`/g/r/c/${at}`, stored);
      }
    });
    tables.env.resetReadTxn();
    for (const [at, value] of values.entries()) {
      expect(Buffer.compare(tables.current.get(`/g/r/c/${at}`)?.value ?? Buffer.of(), value)).toBe(0);
    }
    let found = 0;
    for (const { value } of tables.current.getRange({ start: '/' })) {
      const written = values[value.revision - 1] ?? Buffer.of();
      expect(Buffer.compare(value.value, written)).toBe(0);
      found += 1;
    }
    expect(found).toBe(values.length);
  });

  it('makes a row that is like the samples much shorter, and a repetitive one without any', () => {
    const row = Buffer.from(
      JSON.stringify({ kind: 'Widget', metadata: { managedFields: [{ manager: 'kcp' }] }, uid: 'u' }).padEnd(
        160,
        'abc',
      ),
    );
    expect(new Packing(samples).pack(row).length).toBeLessThan(row.length / 3);
    expect(new Packing(Buffer.alloc(8)).pack(Buffer.from('tweedledee '.repeat(100))).length).toBeLessThan(60);
  });

  it('leaves alone what is short, what is long, and what packing would make longer', () => {
    const packing = new Packing(samples);
    for (const value of [Buffer.alloc(149), Buffer.alloc(32 * 1024), randomBytes(5_000)]) {
      expect(packing.pack(value)).toBe(value);
    }
  });

  it('packs with the samples that the store was made with, whatever it is opened with later', async () => {
    const value = Buffer.from(
      JSON.stringify({ kind: 'Widget', metadata: { managedFields: [{ manager: 'kcp' }] } }).repeat(3),
    );
    for (const words of [samples, randomBytes(4_096), undefined]) {
      await using resources = new AsyncDisposableStack();
      const tables = openIn('kept', resources, words);
      const old = tables.current.get('/g/r/c/first')?.value;
      if (old !== undefined) expect(Buffer.compare(old, value)).toBe(0);
      await tables.current.put('/g/r/c/first', { revision: 1, value });
    }
  });
});
