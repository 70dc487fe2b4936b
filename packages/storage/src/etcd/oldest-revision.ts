import type { Claim } from './claim.ts';
import type { Layout } from './layout.ts';
import { within } from './patience.ts';
import type { Connection } from './rpc/connection.ts';
import { EtcdError, failureOf } from './rpc/failure.ts';
import type { WatchResponse } from './rpc/messages.ts';

/** Who is asked, and how patiently. */
export interface OldestRevisionOptions {
  readonly connection: Connection;
  readonly layout: Layout;
  readonly claim: Claim;
  readonly requestMs: number;
}

/**
 * The oldest revision of etcd from which on the store's history is known: its first, or that up to which etcd is compacted. etcd tells the latter only to who
 * watches from before it.
 */
export const oldestRevision = async (options: OldestRevisionOptions): Promise<number> => {
  const { connection, layout, claim, requestMs } = options;
  try {
    await connection.ask('Range', { key: layout.format, revision: claim.createdAt, keysOnly: true }, requestMs);
    return claim.createdAt;
  } catch (error) {
    if (failureOf(error).kind !== 'compacted') throw error;
    return compactedRevision(options);
  }
};

const compactedRevision = async ({ connection, layout, requestMs }: OldestRevisionOptions): Promise<number> => {
  const client = await connection.connected(requestMs);
  const stream = connection.stream('Watch', client);
  try {
    const told = new Promise<number>((resolve, reject) => {
      stream.on('error', reject).on('data', ({ canceled, compactRevision, cancelReason }: WatchResponse) => {
        if (!canceled) return;
        if (Number(compactRevision) > 0) resolve(Number(compactRevision));
        else reject(new EtcdError('other', cancelReason));
      });
    });
    const { format } = layout;
    const rangeEnd = Buffer.concat([format, Buffer.of(0)]);
    stream.write({ create: { key: format, rangeEnd, startRevision: 1, progressNotify: false } });
    return await within(told, requestMs, () => new EtcdError('unreachable', 'etcd does not tell what is compacted'));
  } catch (error) {
    throw connection.failed(client, error);
  } finally {
    stream.on('error', () => {});
    stream.cancel();
  }
};
