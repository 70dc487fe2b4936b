import { describe, expect, it } from '@jest/globals';
import { NewestRevisions } from './newest.ts';
import type { Tables } from './tables.ts';

const SCOPE = '/apps/deployments/';
const OTHER = '/core/configmaps/root/';

/** Only what is asked of the table. */
function table(rows: Map<string, number>): { newest: Tables['newest']; reads: () => number } {
  let reads = 0;
  const get = (scope: string): number | undefined => {
    reads += 1;
    return rows.get(scope);
  };
  return { newest: { get } as unknown as Tables['newest'], reads: () => reads };
}

describe('the newest revisions of scopes', () => {
  it('are read once', () => {
    const { newest, reads } = table(new Map([[SCOPE, 7]]));
    const revisions = new NewestRevisions({ newest });
    expect([revisions.of(SCOPE), revisions.of(SCOPE), revisions.of(OTHER), revisions.of(OTHER)]).toEqual([7, 7, 0, 0]);
    expect(reads()).toBe(2);
  });

  it('stay as they were until a batch is told, even where its rows are visible already', () => {
    const rows = new Map([[SCOPE, 7]]);
    const revisions = new NewestRevisions(table(rows));
    const written = new Map([
      [SCOPE, 8],
      [OTHER, 9],
    ]);
    revisions.begin(written);
    rows.set(SCOPE, 8).set(OTHER, 9);
    expect([revisions.of(SCOPE), revisions.of(OTHER)]).toEqual([7, 0]);
    revisions.succeed();
    expect([revisions.of(SCOPE), revisions.of(OTHER)]).toEqual([8, 9]);
  });

  it('are read anew after a batch of which nobody knows what became of it', () => {
    const rows = new Map([[SCOPE, 7]]);
    const revisions = new NewestRevisions(table(rows));
    revisions.begin(new Map([[SCOPE, 8]]));
    rows.set(SCOPE, 8);
    revisions.fail();
    expect(revisions.of(SCOPE)).toBe(8);
  });

  it('are kept of a bounded number of scopes', () => {
    const { newest, reads } = table(new Map([[SCOPE, 7]]));
    const revisions = new NewestRevisions({ newest });
    for (let at = 0; at < 25_000; at += 1) revisions.of(`/core/configmaps/c${at}/`);
    const before = reads();
    expect(revisions.of(SCOPE)).toBe(7);
    for (let at = 0; at < 25_000; at += 1) revisions.of(`/core/configmaps/c${at}/`);
    expect(reads()).toBeGreaterThan(before + 10_000);
  });

  it('are not kept of what is no scope', () => {
    const revisions = new NewestRevisions(table(new Map()));
    expect(() => revisions.of('/apps/deployments')).toThrow(TypeError);
  });
});
