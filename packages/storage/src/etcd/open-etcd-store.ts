import { mkdirSync } from 'node:fs';
import type { Logger } from '@kcp/telemetry';
import type { Backend } from '../backend.ts';
import { StoreUnavailableError } from '../backend.ts';
import { lockFolder } from '../lmdb/folder-lock.ts';
import { FORMAT, META } from '../lmdb/tables.ts';
import type { Claim } from './claim.ts';
import { claimPrefix } from './claim.ts';
import type { Copy, CopyOptions, FillTables } from './copy.ts';
import { makeCopy, openCopy } from './copy.ts';
import { EtcdStore } from './etcd-store.ts';
import type { Layout } from './layout.ts';
import { layoutOf, modRevisionOf } from './layout.ts';
import { loadRows } from './load.ts';
import { oldestRevision } from './oldest-revision.ts';
import type { EtcdStoreOptions, EtcdTimeouts, EtcdTuning } from './options.ts';
import { defaultTimeouts, defaultTuning } from './options.ts';
import { Connection } from './rpc/connection.ts';
import { EtcdError, failureOf } from './rpc/failure.ts';

const PREFIX = '/kcp';

/** What opening goes on with. */
interface Opening {
  readonly connection: Connection;
  readonly layout: Layout;
  readonly claim: Claim;
  readonly copies: CopyOptions;
  readonly timeouts: EtcdTimeouts;
  readonly tuning: EtcdTuning;
  readonly logger: Logger;
  readonly progress: (done: number, of: number) => void;
}

interface Positioned {
  readonly copy: Copy;
  readonly position: number;
}

/**
 * Opens the store that lies under a prefix of an etcd, or makes it. Several servers may do so at the same time. Goes on with the local copy of an earlier run where it can be trusted, else loads one, which takes
 * its time. Throws TypeError for options that are none, StoreUnavailableError where etcd does not answer in time, StoreUnusableError where the prefix is used by something else or the folder by another process.
 */
export const openEtcdStore = async (options: EtcdStoreOptions): Promise<Backend> => {
  const layout = layoutOf(options.prefix ?? PREFIX);
  const logger = options.logger.child({ etcd: layout.prefix });
  const timeouts = { ...defaultTimeouts, ...options.timeouts };
  const tuning = { ...defaultTuning, ...options.tuning };
  await using resources = new AsyncDisposableStack();
  const connection = resources.use(new Connection({ ...options, logger, probe: layout.format }));
  mkdirSync(options.folder, { recursive: true, mode: 0o700 });
  resources.use(lockFolder(options.folder));
  try {
    const claim = await claimPrefix(connection, layout, timeouts.startMs);
    const { folder, samples } = options;
    const of = { cluster: claim.cluster, store: claim.store };
    const copies = { folder, logger, of, ...(samples && { samples }) };
    const progress = options.progress ?? (() => {});
    const opening = { connection, layout, claim, copies, timeouts, tuning, logger, progress };
    const { copy, position } = reuseCopy(opening) ?? (await loadCopy(opening));
    const reload = (): Promise<Positioned> => loadCopy(opening);
    const parts = { connection, layout, copy, position, timeouts, tuning, logger, reload };
    return new EtcdStore({ ...parts, resources: resources.move() });
  } catch (error) {
    if (!(error instanceof EtcdError)) throw error;
    const message = `etcd at ${options.servers.join(', ')}: ${error.message}`;
    throw new StoreUnavailableError(message, { outcome: 'none', cause: error });
  }
};

/** The copy of an earlier run, unless etcd is behind it: then etcd was restored from a backup. */
const reuseCopy = ({ copies, claim, logger }: Opening): Positioned | undefined => {
  const copy = openCopy(copies);
  if (copy === undefined) return undefined;
  const position = Math.max(modRevisionOf(copy.store.head()), claim.createdAt);
  if (position <= claim.revision) return { copy, position };
  logger.warn('etcd is behind the local copy, which is loaded anew', { etcd: claim.revision, copy: position });
  void copy.discard();
  return undefined;
};

/** A new copy: as of the oldest revision that etcd knows, so that this server's history goes back as far as that of the others; the newest where that would be too much to replay. */
const loadCopy = async (opening: Opening): Promise<Positioned> => {
  const { connection, layout, claim, timeouts, tuning } = opening;
  const { requestMs } = timeouts;
  const { header } = await connection.ask('Range', { key: layout.format }, requestMs);
  const newest = Number(header.revision);
  const oldest = await oldestRevision({ connection, layout, claim, requestMs });
  const at = newest - oldest <= tuning.replayLimit ? oldest : newest;
  try {
    return await loadAt(opening, at);
  } catch (error) {
    if (failureOf(error).kind !== 'compacted') throw error;
    return loadAt(opening, newest);
  }
};

const loadAt = async (opening: Opening, at: number): Promise<Positioned> => {
  const { connection, layout, claim, copies, timeouts, tuning, logger, progress } = opening;
  const { requestMs } = timeouts;
  const rows = loadRows({ connection, layout, at, maxRows: tuning.loadRows, requestMs, logger, progress });
  const copy = await makeCopy(copies, at === claim.createdAt ? nothing : rows);
  return { copy, position: at };
};

/** At its first revision the store was empty. */
const nothing: FillTables = async (tables) => {
  await tables.meta.put(META.format, FORMAT);
};
