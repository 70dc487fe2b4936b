import { open } from 'lmdb';
import type { Database, Key, RootDatabase, RootDatabaseOptions } from 'lmdb';
import type { Revision } from '../backend.ts';
import type { IndexKey, KeyEncoder, TextKey } from './keys.ts';
import { indexKeys, revisionKeys, textKeys } from './keys.ts';
import { Packing } from './packing.ts';
import type { Lineage, LogEntry, Stored, ValueEncoder } from './values.ts';
import { bytes, lineages, logEntries, nothing, revisions, storedValues } from './values.ts';

/** The tables of a store. Reads see one state of all of them until the next await. */
export interface Tables {
  readonly env: RootDatabase;
  /** key → the newest bytes. */
  readonly current: Database<Stored, TextKey>;
  /** key → the revision of its deletion, if that is in the log. */
  readonly gone: Database<Revision, TextKey>;
  /** revision → what was written, and the bytes that it superseded. */
  readonly log: LogTable;
  /** The same table, read no further than the lineage. */
  readonly lineage: Database<Lineage, Revision>;
  /** The revisions in the log by resource and cluster. */
  readonly index: Database<null, IndexKey>;
  /** scope → its newest revision. */
  readonly newest: Database<Revision, TextKey>;
  /** Facts about the store itself. */
  readonly meta: Database<Revision, TextKey>;
  /** What rows are packed with, under one key; undefined where they are not. */
  readonly dictionary: Database<Uint8Array, TextKey> | undefined;
  /** How many revisions share a block of the index; a multiple of what lies between two commits. */
  readonly block: number;
}

/** Lmdb's types leave out that `put` takes options. */
type LogTable = Database<LogEntry, Revision> & {
  put(revision: Revision, entry: LogEntry, options: { readonly append: true }): Promise<boolean>;
};

/** What the table `meta` holds. */
export const META = {
  /** The version of all this. */
  format: 'format',
  /** The newest revision ever assigned. */
  head: 'head',
  /** Up to where history is gone. */
  compacted: 'compacted',
  /** How many revisions share a block of the index; absent: DENSE_BLOCK. */
  block: 'block',
  /** Deletions up to here were never seen: every scope counts as written then. Absent: none is missing. */
  floor: 'floor',
} as const;

/** The block of a store whose revisions are counted one by one. */
export const DENSE_BLOCK = 512;

/** The version of the tables that this code writes. */
export const FORMAT = 2;

/** The version before: no row is packed, and there is no dictionary. What it wrote is read as it is. */
export const UNPACKED_FORMAT = 1;

/** Stands in place of a version while a copy is being written. */
export const UNFINISHED = 0;

/** The virtual memory that is set aside at start; the map grows beyond it, but moves then. The file takes what it holds. */
const MAP_BYTES = 64 * 1024 ** 3;

/** How to open the environment. */
export interface EnvironmentOptions {
  /** The data file; its lock file stands beside it. */
  readonly file: string;
  /** False only to show what a missing flush looks like. */
  readonly sync: boolean;
}

/**
 * Opens the data file. With `overlappingSync` off a transaction is LMDB's own: data pages, flush, then the meta page through a descriptor that
 * writes through; only then do readers see it and does the write's promise fulfil.
 */
export const openEnvironment = ({ file, sync }: EnvironmentOptions): RootDatabase => {
  const options = {
    path: file,
    noSubdir: true,
    overlappingSync: false,
    eventTurnBatching: false,
    noSync: !sync,
    mapSize: MAP_BYTES,
    maxDbs: 16,
    permissionsMode: 0o600,
    encoding: 'binary' as const,
  };
  return open(options);
};

const table = <V, K extends Key>(
  env: RootDatabase,
  name: string,
  encoders: { readonly keyEncoder: KeyEncoder<K>; readonly encoder: ValueEncoder<V> },
): Database<V, K> => {
  const options: RootDatabaseOptions = { ...encoders };
  return env.openDB<V, K>(name, options);
};

/** Opens the table of facts alone, so that a store of another version is not touched. */
export const openMeta = (env: RootDatabase): Database<Revision, TextKey> =>
  table(env, 'meta', { keyEncoder: textKeys, encoder: revisions });

/** The only key of the table `dictionary`. */
export const DICTIONARY = 'lz4';

/** The table of the dictionary; made where it is absent. */
export const openDictionary = (env: RootDatabase): Database<Uint8Array, TextKey> =>
  table(env, 'dictionary', { keyEncoder: textKeys, encoder: bytes });

/** Opens all tables, and creates those that are not there. Rows are packed from now on in a store of the format that has a dictionary. */
export const openTables = (env: RootDatabase, meta: Database<Revision, TextKey> = openMeta(env)): Tables => {
  const dictionary = meta.get(META.format) === UNPACKED_FORMAT ? undefined : openDictionary(env);
  return {
    env,
    block: meta.get(META.block) ?? DENSE_BLOCK,
    current: packed(env, dictionary?.get(DICTIONARY)),
    gone: table(env, 'gone', { keyEncoder: textKeys, encoder: revisions }),
    log: table(env, 'log', { keyEncoder: revisionKeys, encoder: logEntries }) as LogTable,
    lineage: table(env, 'log', { keyEncoder: revisionKeys, encoder: lineages }),
    index: table(env, 'index', { keyEncoder: indexKeys, encoder: nothing }),
    newest: table(env, 'newest', { keyEncoder: textKeys, encoder: revisions }),
    dictionary,
    meta,
  };
};

/**
 * Opens the table of rows, twice where they are packed: lmdb-js unpacks what is read through a table with a dictionary, but would pack what is written
 * through it once more. A row that is not packed begins with a revision, below 2^53; one that is, with a byte of 250 or more.
 */
const packed = (env: RootDatabase, words: Uint8Array | undefined): Database<Stored, TextKey> => {
  const encoders = { keyEncoder: textKeys, encoder: storedValues };
  if (words === undefined) return table(env, 'current', encoders);
  const compression = { dictionary: Buffer.from(words), threshold: NEVER };
  const options: RootDatabaseOptions = { ...encoders, compression };
  const read = env.openDB<Stored, TextKey>('current', options);
  const packing = new Packing(words);
  const encode = (stored: Stored): Buffer => packing.pack(storedValues.encode(stored));
  const written = table(env, 'current', { ...encoders, encoder: { ...storedValues, encode } });
  return Object.assign(read, { put: written.put.bind(written) });
};

/** No value is as long: nothing is packed by lmdb-js. */
const NEVER = 2 ** 31 - 1;
