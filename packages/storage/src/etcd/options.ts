import type { Logger } from '@kcp/telemetry';
import type { EtcdServers } from './rpc/credentials.ts';

/** How to open a store in etcd. */
export interface EtcdStoreOptions extends EtcdServers {
  /** Everything lies under it; /kcp where absent. Two stores in one etcd have different ones, neither within the other. */
  readonly prefix?: string;
  /** Where this server's copy is kept, and found again at the next start; it may be deleted while the server is down. */
  readonly folder: string;
  readonly logger: Logger;
  /** As of LmdbStoreOptions, for the copy. */
  readonly samples?: Uint8Array;
  /** Told how far loading the copy is, in rows. */
  readonly progress?: (done: number, of: number) => void;
  readonly timeouts?: Partial<EtcdTimeouts>;
  /** What is cut down for tests. */
  readonly tuning?: Partial<EtcdTuning>;
}

/** How long things may take, in milliseconds. */
export interface EtcdTimeouts {
  /** A read that must see every acknowledged write; 5 s. */
  readonly readMs: number;
  /** A commit, from the call to its answer; 10 s. */
  readonly commitMs: number;
  /** One request to etcd; 4 s. */
  readonly requestMs: number;
  /** Until etcd answers for the first time; 60 s. */
  readonly startMs: number;
  /** How long a server that says nothing is taken to be alive: its leaderships are free after that; 5 s, at least 2 s. */
  readonly leaseMs: number;
}

/** Sizes. */
export interface EtcdTuning {
  /** Commits sent and not answered; 128. */
  readonly inFlight: number;
  /** Commits that wait for that; more are refused; 10,000. */
  readonly waiting: number;
  /** Rows that one request of a load reads; 20,000. */
  readonly loadRows: number;
  /** A fresh copy replays at most so many revisions of etcd, else it is loaded at the newest; 500,000. */
  readonly replayLimit: number;
}

export const defaultTimeouts: EtcdTimeouts = {
  readMs: 5_000,
  commitMs: 10_000,
  requestMs: 4_000,
  startMs: 60_000,
  leaseMs: 5_000,
};

export const defaultTuning: EtcdTuning = { inFlight: 128, waiting: 10_000, loadRows: 20_000, replayLimit: 500_000 };
