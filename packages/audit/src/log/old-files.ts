import { createReadStream, createWriteStream } from 'node:fs';
import { access, readdir, rename, rm, unlink } from 'node:fs/promises';
import { basename, dirname, extname, join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { createGzip } from 'node:zlib';

/** How long files that were set aside are kept. */
export interface Retention {
  /** In days; 0: whatever their age. */
  readonly maxAgeDays: number;
  /** How many; 0: however many. */
  readonly maxBackups: number;
  /** Compresses them with gzip. */
  readonly compress: boolean;
}

const DAY_MS = 24 * 60 * 60 * 1000;
const STAMP = /^(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d\.\d{3})$/;

/** One set aside: its name, and when. */
interface OldFile {
  readonly name: string;
  readonly at: number;
}

/**
 * The files that a log has set aside: beside it, `audit-2006-01-02T15-04-05.000.log` for `audit.log`, with `.gz` where they are
 * compressed. The names are those of kube-apiserver, so that what collects its logs collects ours.
 */
export class OldFiles {
  readonly #folder: string;
  readonly #stem: string;
  readonly #extension: string;
  readonly #retention: Retention;
  #tidying: Promise<void> | undefined;
  #again = false;

  constructor(path: string, retention: Retention) {
    this.#folder = dirname(path);
    this.#extension = extname(path);
    this.#stem = `${basename(path, this.#extension)}-`;
    this.#retention = retention;
  }

  /** The path under which a file is set aside now: a free one, a few milliseconds in the future if need be. */
  async freeName(now: number): Promise<string> {
    for (let at = now; ; at += 1) {
      const path = join(this.#folder, `${this.#stem}${stampOf(at)}${this.#extension}`);
      if (!(await exists(path)) && !(await exists(`${path}.gz`))) return path;
    }
  }

  /** Begins to remove and compress what is due; where that is under way already, it is looked again afterwards. */
  tidy(now: number, onTrouble: (error: unknown) => void): void {
    const { maxAgeDays, maxBackups, compress } = this.#retention;
    if (maxAgeDays === 0 && maxBackups === 0 && !compress) return;
    this.#again = true;
    this.#tidying ??= this.#tidyUntilDone(now, onTrouble);
  }

  /** Resolves when nothing is under way. */
  async settled(): Promise<void> {
    await this.#tidying;
  }

  async #tidyUntilDone(now: number, onTrouble: (error: unknown) => void): Promise<void> {
    while (this.#again) {
      this.#again = false;
      await this.#tidy(now, onTrouble).catch(onTrouble);
    }
    this.#tidying = undefined;
  }

  async #tidy(now: number, onTrouble: (error: unknown) => void): Promise<void> {
    const { maxAgeDays, maxBackups, compress } = this.#retention;
    const files = await this.#list();
    const oldest = maxAgeDays > 0 ? now - maxAgeDays * DAY_MS : -Infinity;
    const kept = files.filter(({ at }, index) => at >= oldest && (maxBackups === 0 || index < maxBackups));
    for (const { name } of files.filter((file) => !kept.includes(file)))
      await rm(join(this.#folder, name), { force: true });
    if (!compress) return;
    for (const { name } of kept) {
      if (!name.endsWith('.gz')) await compressFile(join(this.#folder, name)).catch(onTrouble);
    }
  }

  /** Newest first. */
  async #list(): Promise<readonly OldFile[]> {
    const files: OldFile[] = [];
    for (const name of await readdir(this.#folder)) {
      const plain = name.endsWith('.gz') ? name.slice(0, -3) : name;
      if (!plain.startsWith(this.#stem) || !plain.endsWith(this.#extension)) continue;
      const at = timeOf(plain.slice(this.#stem.length, plain.length - this.#extension.length));
      if (at !== undefined) files.push({ name, at });
    }
    return files.sort((a, b) => b.at - a.at);
  }
}

function stampOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, -1).replaceAll(':', '-');
}

function timeOf(stamp: string): number | undefined {
  const [, day, hours, minutes, seconds] = STAMP.exec(stamp) ?? [];
  const at = Date.parse(`${day}T${hours}:${minutes}:${seconds}Z`);
  return Number.isNaN(at) ? undefined : at;
}

/** A file half compressed has another name until it is whole. */
async function compressFile(path: string): Promise<void> {
  const unfinished = `${path}.gz.tmp`;
  try {
    await pipeline(createReadStream(path), createGzip(), createWriteStream(unfinished, { mode: 0o600 }));
    await rename(unfinished, `${path}.gz`);
  } catch (error) {
    await rm(unfinished, { force: true });
    throw error;
  }
  await unlink(path);
}

async function exists(path: string): Promise<boolean> {
  try {
    await access(path);
    return true;
  } catch {
    return false;
  }
}
