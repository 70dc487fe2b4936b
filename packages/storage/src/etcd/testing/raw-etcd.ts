import { silentLogger } from '@kcp/telemetry';
import { Connection } from '../rpc/connection.ts';
import type { RequestOp } from '../rpc/messages.ts';

/** etcd as a person with its tools sees it. */
export interface RawEtcd extends Disposable {
  /** Puts and deletes in one transaction; gives its revision. */
  change(...operations: readonly RequestOp[]): Promise<number>;
  put(key: string, value: string): Promise<number>;
  /** How many keys begin with a text. */
  count(prefix: string): Promise<number>;
  /** The keys that begin with a text. */
  keys(prefix: string): Promise<readonly string[]>;
  /** Forgets all history below now; gives the revision. */
  compact(): Promise<number>;
}

const WAIT_MS = 5_000;

/** Talks to an etcd without a store. */
export const rawEtcd = (url: string): RawEtcd => {
  const connection = new Connection({ servers: [url], logger: silentLogger, probe: Buffer.from('/probe') });
  const range = (prefix: string) => ({ key: Buffer.from(prefix), rangeEnd: Buffer.from(`${prefix}\u{10ffff}`) });
  const change = async (...success: readonly RequestOp[]): Promise<number> => {
    const { header } = await connection.ask('Txn', { compare: [], success, failure: [] }, WAIT_MS);
    return Number(header.revision);
  };
  return {
    change,
    put: (key, value) => change({ put: { key: Buffer.from(key), value: Buffer.from(value) } }),
    count: async (prefix) =>
      Number((await connection.ask('Range', { ...range(prefix), countOnly: true }, WAIT_MS)).count),
    keys: async (prefix) =>
      (await connection.ask('Range', { ...range(prefix), keysOnly: true }, WAIT_MS)).kvs.map(({ key }) =>
        key.toString(),
      ),
    compact: async () => {
      const { header } = await connection.ask('Range', range('/none'), WAIT_MS);
      await connection.ask('Compact', { revision: Number(header.revision) }, WAIT_MS);
      return Number(header.revision);
    },
    [Symbol.dispose]: () => connection[Symbol.dispose](),
  };
};
