import { openEtcdStore, openLmdbStore, openMemoryStore, type Backend } from '@kcp/storage';
import type { Logger } from '@kcp/telemetry';
import type { ServerOptions } from './options.ts';
import type { RootDirectory } from './root-directory.ts';
import { rowSamples } from './samples/row-samples.ts';

/** An etcd that objects are kept in, by the names of kube-apiserver's flags. */
export interface EtcdOptions {
  /** `https://host:port` of the members of one cluster. */
  readonly servers: readonly string[];
  /** Everything lies under it; /kcp where absent. */
  readonly prefix?: string;
  /** Paths of PEM files: the authorities of etcd's certificates, our certificate, its key. Read again at every connection. */
  readonly caFile?: string;
  readonly certFile?: string;
  readonly keyFile?: string;
  /** How long a read that must see every write, and a commit, may take, in milliseconds. */
  readonly readTimeoutMs?: number;
  readonly commitTimeoutMs?: number;
}

/** What opening goes on with. */
export interface StorageParts {
  readonly directory: RootDirectory;
  readonly logger: Logger;
  /** Told what is waited for; undefined when it is over. */
  readonly waiting: (why: string | undefined) => void;
}

/** Whether several servers may work on the store at the same time. */
export function isShared({ storage, etcd }: ServerOptions): boolean {
  return storage === 'etcd' || (storage === undefined && etcd !== undefined);
}

/** Opens the store that the options name. Throws TypeError where they name etcd but no address of one. */
export async function openStorage(options: ServerOptions, parts: StorageParts): Promise<Backend> {
  const { storage, rootDirectory } = options;
  if (isShared(options)) return openEtcd(options, parts);
  const memory = storage === 'memory' || (storage === undefined && rootDirectory === undefined);
  if (memory) return openMemoryStore();
  return openLmdbStore({ folder: parts.directory.at('store'), logger: parts.logger, samples: rowSamples() });
}

async function openEtcd({ etcd }: ServerOptions, { directory, logger, waiting }: StorageParts): Promise<Backend> {
  if (etcd === undefined) throw new TypeError('storage in etcd needs the addresses of one: --etcd-servers');
  const { servers, prefix, caFile, certFile, keyFile, readTimeoutMs, commitTimeoutMs } = etcd;
  waiting('waiting for etcd');
  const backend = await openEtcdStore({
    servers,
    ...(prefix !== undefined && { prefix }),
    ...(caFile !== undefined && { caFile }),
    ...(certFile !== undefined && { certFile }),
    ...(keyFile !== undefined && { keyFile }),
    folder: directory.at('etcd-copy'),
    logger,
    samples: rowSamples(),
    progress: (done, of) =>
      waiting(`loading the local copy: ${done} of ${of} rows (${Math.floor((100 * done) / Math.max(of, 1))}%)`),
    timeouts: {
      ...(readTimeoutMs !== undefined && { readMs: readTimeoutMs }),
      ...(commitTimeoutMs !== undefined && { commitMs: commitTimeoutMs }),
    },
  });
  waiting(undefined);
  return backend;
}
