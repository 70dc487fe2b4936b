import type { Logger } from '@kcp/telemetry';
import type { Row } from '../backend.ts';
import { scopesOf } from '../key.ts';
import { MAX_COMMIT_KEYS } from '../limits.ts';
import type { Headroom } from '../lmdb/headroom.ts';
import { copyRows, demandOf } from '../lmdb/snapshot.ts';
import type { Tables } from '../lmdb/tables.ts';
import { FORMAT, META, UNFINISHED } from '../lmdb/tables.ts';
import type { FillTables } from './copy.ts';
import { headRevision } from './head.ts';
import type { Layout } from './layout.ts';
import { decodeRow, placeOf } from './layout.ts';
import type { Connection } from './rpc/connection.ts';
import type { KeyValue, RangeResponse } from './rpc/messages.ts';

/** What to load. */
export interface LoadOptions {
  readonly connection: Connection;
  readonly layout: Layout;
  /** The revision of etcd as of which the rows are read. */
  readonly at: number;
  /** At most so many rows come with one answer. */
  readonly maxRows: number;
  readonly requestMs: number;
  readonly logger: Logger;
  /** Told how far it is, in rows. */
  readonly progress: (done: number, of: number) => void;
}

/** About so many bytes are asked for at a time: few pages, because etcd 3.4 walks the keys of the whole rest for each. */
const PAGE_BYTES = 16 * 1024 * 1024;
/** Rows of one local transaction: other work of the process has its turn in between. */
const BATCH_ROWS = 1_000;
const FIRST_ROWS = 100;
/** How often progress is logged, in milliseconds. */
const SAY_MS = 1_000;
/** Pages may take longer than other requests. */
const PATIENCE = 5;

/** Fills the tables of a copy with the rows as of one revision, page by page; the next page is on its way while one is written. Rejects with EtcdError `compacted` where etcd forgets that revision meanwhile. */
export const loadRows =
  (options: LoadOptions): FillTables =>
  async (tables, headroom) => {
    const { connection, layout, at, requestMs } = options;
    tables.meta.putSync(META.format, UNFINISHED);
    const ask = (request: object) =>
      connection.ask('Range', { ...layout.rows, revision: at, ...request }, requestMs * PATIENCE);
    const head = await connection.ask('Range', { key: layout.head, revision: at }, requestMs);
    const total = Number((await ask({ countOnly: true })).count);
    await writePages(options, { tables, headroom, total, ask });
    const revision = headRevision(head.kvs[0]);
    await tables.env.batch(() => {
      void tables.meta.put(META.compacted, revision);
      void tables.meta.put(META.head, revision);
      void tables.meta.put(META.floor, revision);
      void tables.meta.put(META.format, FORMAT);
    });
    tables.env.resetReadTxn();
  };

interface Writing {
  readonly tables: Tables;
  readonly headroom: Headroom;
  readonly total: number;
  readonly ask: (request: object) => Promise<RangeResponse>;
}

const writePages = async (options: LoadOptions, { tables, headroom, total, ask }: Writing): Promise<void> => {
  const { layout, logger, maxRows, progress } = options;
  let limit = Math.min(FIRST_ROWS, maxRows);
  let next: Promise<RangeResponse> | undefined = ask({ limit });
  let done = 0;
  let said = Date.now();
  progress(done, total);
  while (next !== undefined) {
    const { kvs, more }: RangeResponse = await next;
    const last: KeyValue | undefined = kvs.at(-1);
    limit = nextLimit(kvs, maxRows);
    next = more && last !== undefined ? ask({ key: Buffer.concat([last.key, Buffer.of(0)]), limit }) : undefined;
    next?.catch(() => {});
    const rows = rowsOf(layout, kvs);
    if (rows.length < kvs.length)
      logger.error('rows that somebody else wrote are left out', { rows: kvs.length - rows.length });
    await writeRows(rows, { tables, headroom });
    done += kvs.length;
    progress(done, total);
    if (Date.now() - said < SAY_MS) continue;
    said = Date.now();
    logger.info('loading the local copy', { rows: done, of: total, percent: Math.floor((100 * done) / total) });
  }
  if (total > 0) logger.info('the local copy is loaded', { rows: done });
};

const writeRows = async (rows: readonly Row[], { tables, headroom }: Pick<Writing, 'tables' | 'headroom'>) => {
  for (let start = 0; start < rows.length; start += BATCH_ROWS) {
    const batch = rows.slice(start, start + BATCH_ROWS);
    await headroom.ensure(demandOf(batch));
    await tables.env.batch(() => copyRows(tables, batch));
    tables.env.resetReadTxn();
  }
};

const nextLimit = (kvs: readonly KeyValue[], maxRows: number): number => {
  const bytes = kvs.reduce((sum, { key, value }) => sum + key.byteLength + value.byteLength, 1);
  return Math.max(1, Math.min(maxRows, 2 * FIRST_ROWS + 4 * kvs.length, Math.floor((PAGE_BYTES * kvs.length) / bytes)));
};

const rowsOf = (layout: Layout, kvs: readonly KeyValue[]): Row[] =>
  kvs.flatMap((kv) => {
    const place = placeOf(layout, kv.key);
    return place.kind === 'row' && isRow(place.key, kv) ? [decodeRow(place.key, kv)] : [];
  });

/** Whether a commit can have put it. */
const isRow = (key: string, { value }: KeyValue): boolean => {
  try {
    scopesOf(key);
  } catch {
    return false;
  }
  return (value[0] ?? MAX_COMMIT_KEYS) < MAX_COMMIT_KEYS;
};
