import { mkdir, open, rename, type FileHandle } from 'node:fs/promises';
import { dirname } from 'node:path';
import { write, type Stats } from 'node:fs';
import type { LineOutput } from './line-queue.ts';
import { OldFiles, type Retention } from './old-files.ts';

/** Where a log is written, and what becomes of it when it is large. */
export interface RotatingFileOptions extends Retention {
  readonly path: string;
  /** In bytes: beyond it the file is set aside and a new one begun; 0: never. */
  readonly maxBytes: number;
  /** Milliseconds since 1970. */
  readonly clock: () => number;
  /** Told where old files could not be set aside, compressed or removed; the log goes on. */
  readonly onTrouble: (error: unknown) => void;
}

const NEWLINE = Buffer.from('\n');
/** After a rotation that failed the next one is tried when the file has grown by so much. */
const RETRY_BYTES = 1024 * 1024;

/**
 * A file of lines that only its owner reads, set aside by size. A line is in one file, whole: what a failed write left is cut
 * off again, and what a crash left is ended by a line break before the next line.
 */
export class RotatingFile implements LineOutput {
  readonly #options: RotatingFileOptions;
  readonly #old: OldFiles;
  #file: FileHandle | undefined;
  #size = 0;
  #isPlain = false;
  /** The last line is not whole. */
  #torn = false;
  #rotateAt: number;

  private constructor(options: RotatingFileOptions) {
    this.#options = options;
    this.#old = new OldFiles(options.path, options);
    this.#rotateAt = options.maxBytes;
  }

  /** Opens the file, made where it is missing, its folder too. Rejects with an error whose `path` is the file's where it cannot be written. */
  static async open(options: RotatingFileOptions): Promise<RotatingFile> {
    const file = new RotatingFile(options);
    await mkdir(dirname(options.path), { recursive: true, mode: 0o700 });
    await file.#open();
    file.#tidy();
    return file;
  }

  async write(bytes: Buffer): Promise<void> {
    const due = this.#rotateAt > 0 && this.#size > 0 && this.#size + bytes.length > this.#rotateAt;
    if (due && this.#isPlain) await this.#rotate();
    const file = this.#file ?? (await this.#open());
    const before = this.#size;
    try {
      if (this.#torn) await this.#append(file, NEWLINE);
      this.#torn = false;
      await this.#append(file, bytes);
    } catch (error) {
      await this.#cut(file, before);
      throw error;
    }
  }

  /** Closes the file, after old ones are tidied up. */
  async close(): Promise<void> {
    await this.#old.settled();
    await this.#file?.close();
    this.#file = undefined;
  }

  async #open(): Promise<FileHandle> {
    const file = await open(this.#options.path, 'a+', 0o600);
    const stats = await file.stat();
    this.#isPlain = stats.isFile();
    this.#size = this.#isPlain ? stats.size : 0;
    this.#torn = await endsAmidLine(file, stats);
    this.#file = file;
    return file;
  }

  async #append(file: FileHandle, bytes: Buffer): Promise<void> {
    let at = 0;
    while (at < bytes.length) {
      const written = await writeSome(file.fd, bytes, at);
      at += written;
      this.#size += written;
    }
  }

  /** Takes back what was written of a line that did not find room. */
  async #cut(file: FileHandle, size: number): Promise<void> {
    if (this.#size === size) return;
    try {
      if (!this.#isPlain) throw new Error('what is no file cannot be cut');
      await file.truncate(size);
      this.#size = size;
    } catch {
      this.#torn = true;
    }
  }

  async #rotate(): Promise<void> {
    const { path, clock, onTrouble, maxBytes } = this.#options;
    try {
      await rename(path, await this.#old.freeName(clock()));
      await this.#file?.close();
      this.#file = undefined;
      this.#rotateAt = maxBytes;
      this.#tidy();
    } catch (error) {
      this.#rotateAt = this.#size + RETRY_BYTES;
      onTrouble(error);
    }
  }

  #tidy(): void {
    this.#old.tidy(this.#options.clock(), this.#options.onTrouble);
  }
}

/** How many bytes a write took. The plain call costs half of what a FileHandle's does. */
function writeSome(fd: number, bytes: Buffer, at: number): Promise<number> {
  return new Promise((resolve, reject) => {
    write(fd, bytes, at, bytes.length - at, null, (error, written) => (error ? reject(error) : resolve(written)));
  });
}

async function endsAmidLine(file: FileHandle, stats: Stats): Promise<boolean> {
  if (!stats.isFile() || stats.size === 0) return false;
  const { buffer } = await file.read(Buffer.alloc(1), 0, 1, stats.size - 1);
  return buffer[0] !== NEWLINE[0];
}
