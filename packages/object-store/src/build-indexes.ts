import { setImmediate as turn } from 'node:timers/promises';
import { wildcard } from '@kcp/logical-cluster';
import type { Backend } from '@kcp/storage';
import { isWhole, markWhole, missingRows, type MissingRows } from './lookup-index.ts';
import { readPage } from './list.ts';
import type { ObjectIndex } from './object-store.ts';
import type { ReadRow } from './stored-row.ts';

/** So many objects are read at a time; between them others have their turn. */
const PAGE = 200;

/** What indexes are built with. */
export interface BuildParts {
  readonly backend: Backend;
  readonly readRow: ReadRow;
  readonly indexes: readonly ObjectIndex[];
}

/**
 * Puts into the indexes what was stored before they were there, page by page while everything else goes on: what is written meanwhile is in them
 * by its own commit. Does nothing where they are whole, and begins anew where it was broken off. Several servers may do it at once.
 */
export async function buildIndexes({ backend, readRow, indexes }: BuildParts, signal: AbortSignal): Promise<void> {
  for (const index of indexes) {
    if (isWhole(backend, index)) continue;
    let after: string | undefined;
    do {
      signal.throwIfAborted();
      const page = readPage(
        backend,
        { bucket: index.bucket, cluster: wildcard, limit: PAGE, ...(after !== undefined && { after }) },
        readRow,
      );
      for (const part of missingRows(backend, index, page.objects)) await add(backend, part);
      after = page.next;
      await turn();
    } while (after !== undefined);
    await markWhole(backend, index);
  }
}

/** An object that was written meanwhile is in the index by that write: then the others are added one by one. */
async function add(backend: Backend, part: readonly MissingRows[]): Promise<void> {
  const conditions = part.map(({ key, revision }) => ({ kind: 'revision', key, revision }) as const);
  const { kind } = await backend.commit(
    conditions,
    part.flatMap(({ rows }) => rows),
  );
  if (kind === 'refused' && part.length > 1) for (const one of part) await add(backend, [one]);
}
