import type { Logger } from '@kcp/telemetry';
import type { Backend, Revision, Row } from '../backend.ts';
import { scopesOf } from '../key.ts';
import type { Demand } from './headroom.ts';
import { Headroom } from './headroom.ts';
import { createTables } from './open-tables.ts';
import type { Tables } from './tables.ts';
import { FORMAT, META, UNFINISHED } from './tables.ts';

/** How many rows go from store to store at a time. */
const ROWS = 500;
const MIB = 1024 * 1024;

/** Copies the rows of the newest revision into an empty folder, page by page, so that nothing of the store is pinned meanwhile. Returns that revision. */
export const writeSnapshot = async (
  source: Backend,
  folder: string,
  { logger, samples }: { readonly logger: Logger; readonly samples?: Uint8Array | undefined },
): Promise<Revision> => {
  await using resources = new AsyncDisposableStack();
  const tables = createTables(folder, resources, samples);
  const headroom = new Headroom({ folder, tables, reserve: 0, logger });
  tables.meta.putSync(META.format, UNFINISHED);
  const at = source.head();
  let after: string | undefined;
  for (let more = true; more;) {
    const page = source.range({ prefix: '', limit: ROWS, at, ...(after === undefined ? {} : { after }) });
    await headroom.ensure(demandOf(page.rows));
    await tables.env.batch(() => copyRows(tables, page.rows));
    tables.env.resetReadTxn();
    after = page.rows.at(-1)?.key;
    more = page.more;
  }
  await tables.env.batch(() => {
    void tables.meta.put(META.compacted, at);
    void tables.meta.put(META.head, at);
    void tables.meta.put(META.format, FORMAT);
  });
  return at;
};

/** What room copying rows may need. */
export const demandOf = (rows: readonly Row[]): Demand => {
  const bytes = rows.reduce((sum, { value }) => sum + value.byteLength, 0);
  return { bytes: 4 * (MIB + bytes), contiguous: 2 * bytes, urgent: false };
};

/** Puts rows of another store into the transaction that is open. */
export const copyRows = ({ current, newest }: Tables, rows: readonly Row[]): void => {
  const scopes = new Map<string, Revision>();
  for (const { key, revision, value } of rows) {
    void current.put(key, { revision, value });
    for (const scope of Object.values(scopesOf(key))) {
      scopes.set(scope, Math.max(revision, scopes.get(scope) ?? newest.get(scope) ?? 0));
    }
  }
  for (const [scope, revision] of scopes) void newest.put(scope, revision);
};
