import { randomUUID } from 'node:crypto';
import { StoreUnusableError } from '../backend.ts';
import type { Layout } from './layout.ts';
import type { Connection } from './rpc/connection.ts';
import type { Header, KeyValue, RangeResponse } from './rpc/messages.ts';

/** Which store lies under the prefix. */
export interface Claim {
  /** Of the cluster of etcd; another one after a restoration. */
  readonly cluster: string;
  /** Of the store. */
  readonly store: string;
  /** The revision of etcd at which the store was empty. */
  readonly createdAt: number;
  /** etcd's revision. */
  readonly revision: number;
}

const VERSION = 1;
const NAME = 'kcp';

/** How often a prefix that was empty a moment ago is found to be taken by another server. */
const TRIES = 3;

/**
 * Finds the store under the prefix, or takes the prefix for a new one where nothing lies there: in one transaction, so that of servers that start together one does it. Throws
 * StoreUnusableError where something else lies there.
 */
export const claimPrefix = async (connection: Connection, layout: Layout, withinMs: number): Promise<Claim> => {
  const end = Date.now() + withinMs;
  for (let tries = 0; tries < TRIES; tries += 1) {
    const claim =
      (await find(connection, layout, end - Date.now())) ?? (await take(connection, layout, end - Date.now()));
    if (claim !== undefined) return claim;
  }
  throw new StoreUnusableError(`${layout.prefix} in etcd is written by something else at this moment`);
};

/** What lies there; undefined where nothing does. */
const find = async (connection: Connection, layout: Layout, withinMs: number): Promise<Claim | undefined> => {
  const success = [{ range: { key: layout.format } }, { range: { ...layout.all, limit: 1, keysOnly: true } }];
  const { header, responses } = await connection.ask('Txn', { compare: [], success, failure: [] }, withinMs);
  const format = responses[0]?.range?.kvs[0];
  if (format !== undefined) return claimOf(layout, format, header);
  if ((responses[1]?.range?.kvs.length ?? 0) > 0) throw foreign(layout, responses[1]?.range);
  return undefined;
};

/** Undefined where somebody was faster. etcd reads every key that a compare spans: only a prefix that was found to be empty is compared. */
const take = async (connection: Connection, layout: Layout, withinMs: number): Promise<Claim | undefined> => {
  const value = Buffer.from(JSON.stringify({ format: NAME, version: VERSION, store: randomUUID() }));
  const { header, responses } = await connection.ask(
    'Txn',
    {
      compare: [{ ...layout.all, target: 'CREATE', result: 'EQUAL', createRevision: 0 }],
      success: [{ put: { key: layout.format, value } }, { range: { key: layout.format } }],
      failure: [],
    },
    withinMs,
  );
  const format = responses[1]?.range?.kvs[0];
  return format === undefined ? undefined : claimOf(layout, format, header);
};

const claimOf = (layout: Layout, format: KeyValue, { clusterId, revision }: Header): Claim => ({
  cluster: clusterId,
  store: readFormat(layout, format),
  createdAt: Number(format.createRevision),
  revision: Number(revision),
});

const foreign = ({ prefix }: Layout, range: RangeResponse | null | undefined): StoreUnusableError => {
  const key = range?.kvs[0]?.key.toString() ?? '';
  return new StoreUnusableError(
    `the prefix ${prefix} of this etcd is in use by something else (there is a key ${key}): choose another with --etcd-prefix`,
  );
};

const readFormat = ({ prefix }: Layout, { value }: KeyValue): string => {
  const { format, version, store } = parse(value);
  if (format !== NAME || typeof store !== 'string') {
    throw new StoreUnusableError(`${prefix}/format in etcd was not written by kcp: choose another --etcd-prefix`);
  }
  if (version === VERSION) return store;
  throw new StoreUnusableError(
    `the store under ${prefix} in etcd is of format ${String(version)}, this program writes ${VERSION}; run the version that wrote it`,
  );
};

const parse = (bytes: Buffer): Partial<Record<'format' | 'version' | 'store', unknown>> => {
  try {
    const value: unknown = JSON.parse(bytes.toString());
    return typeof value === 'object' && value !== null ? value : {};
  } catch {
    return {};
  }
};
