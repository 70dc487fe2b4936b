import { statSync, statfsSync, truncateSync } from 'node:fs';
import { open } from 'node:fs/promises';
import { join } from 'node:path';
import { performance } from 'node:perf_hooks';
import type { Logger } from '@kcp/telemetry';
import { StorageFullError } from '../backend.ts';
import { isFull } from './failure.ts';
import { DATA_FILE } from './open-tables.ts';
import { endOf, fillingOf } from './pages.ts';
import type { Tables } from './tables.ts';

/** What a transaction may need. */
export interface Demand {
  /** The most that it may write, in bytes. */
  readonly bytes: number;
  /** What of it may need room in one piece. */
  readonly contiguous: number;
  /** Compaction may take what is kept for it. */
  readonly urgent: boolean;
}

/** How to keep a disk from being found full. */
export interface HeadroomOptions {
  readonly folder: string;
  readonly tables: Tables;
  /** What is kept for compaction inside the data file, in bytes. */
  readonly reserve: number;
  readonly logger: Logger;
}

const MIB = 1024 * 1024;
/** With less room than this on the disk, every transaction's room is taken before the transaction. */
const AMPLE = 256 * MIB;
/** The disk is asked again after so much time, in milliseconds, or so many bytes. */
const ASK_AFTER = 100;
const ASK_AFTER_BYTES = 8 * MIB;
/** How long a full disk is taken to stay full, in milliseconds. */
const RETRY_AFTER = 250;
const STEP = 4 * MIB;

/**
 * Makes sure that LMDB never meets a full disk, which it survives badly. While the disk has ample room nothing happens but a look at it now and then. When room gets scarce, the data
 * file is extended with written zeros before LMDB needs them; where that fails, writes are refused, and what was set aside, the reserve, is left for compaction.
 * No transaction may be under way during a call: both write behind the end.
 */
export class Headroom {
  readonly #options: HeadroomOptions;
  #askAt = 0;
  #askAfterBytes = 0;
  #ample = false;
  #retryAt = 0;
  #full = false;
  /** Up to here the data file has blocks; its size says nothing about that. */
  #taken = 0;

  constructor(options: HeadroomOptions) {
    this.#options = options;
  }

  /** Takes the reserve. Throws StorageFullError where there is no room for it. */
  async setAside(): Promise<void> {
    const { tables, reserve } = this.#options;
    const end = endOf(tables);
    this.#pad(end, 0);
    if (!(await this.#take(end, end + reserve))) throw full();
  }

  /** Undefined, or a promise to wait for, which rejects with StorageFullError where there is no room. */
  ensure(demand: Demand): Promise<void> | undefined {
    this.#look(demand.bytes);
    return this.#ample ? undefined : this.#ensure(demand);
  }

  #look(bytes: number): void {
    this.#askAfterBytes -= bytes;
    const now = performance.now();
    if (now < this.#askAt && this.#askAfterBytes > 0) return;
    this.#askAt = now + ASK_AFTER;
    this.#askAfterBytes = ASK_AFTER_BYTES;
    const { bavail, bsize } = statfsSync(this.#options.folder);
    this.#ample = bavail * bsize >= AMPLE + bytes;
    this.#pad(endOf(this.#options.tables), bytes);
    if (this.#ample) this.#is(false);
  }

  async #ensure({ bytes, contiguous, urgent }: Demand): Promise<void> {
    const { tables, reserve } = this.#options;
    const kept = urgent ? 0 : reserve;
    const { end, free } = fillingOf(tables);
    const wanted = end + bytes + kept;
    if (this.#taken >= wanted) return;
    if (performance.now() >= this.#retryAt && (await this.#take(end, wanted + STEP))) {
      this.#is(false);
      return;
    }
    const room = this.#taken - end;
    // What is free inside the file is in pieces, and not all of it may be used at once.
    if (room >= contiguous + kept / 2 && room + free / 2 >= bytes + kept) return;
    this.#is(true);
    throw full();
  }

  #file(): string {
    return join(this.#options.folder, DATA_FILE);
  }

  /**
   * LMDB may leave the last pages of a transaction unwritten. So that the file is never shorter than LMDB's idea of it, and one that is has been cut off, its size runs ahead, without blocks.
   */
  #pad(end: number, bytes: number): void {
    const file = this.#file();
    if (statSync(file).size < end + bytes + ASK_AFTER_BYTES) truncateSync(file, end + bytes + 2 * ASK_AFTER_BYTES);
  }

  /** Writes zeros from what is taken already, or the end of what LMDB uses, up to `to`. Returns whether there was room. */
  async #take(end: number, to: number): Promise<boolean> {
    await using handle = await open(this.#file(), 'r+');
    const zeros = Buffer.alloc(MIB);
    try {
      for (this.#taken = Math.max(this.#taken, end); this.#taken < to;) {
        const { bytesWritten } = await handle.write(zeros, 0, Math.min(MIB, to - this.#taken), this.#taken);
        this.#taken += bytesWritten;
      }
      return true;
    } catch (error) {
      if (!isFull(error)) throw error;
      this.#retryAt = performance.now() + RETRY_AFTER;
      return false;
    }
  }

  #is(full: boolean): void {
    if (this.#full === full) return;
    this.#full = full;
    if (full) this.#options.logger.error('the disk is full: writing stops, reading goes on');
    else this.#options.logger.info('the disk has room again: writing goes on');
  }
}

const full = (): StorageFullError =>
  new StorageFullError('the disk is full: nothing can be written until there is space');
