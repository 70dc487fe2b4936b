import { randomUUID } from 'node:crypto';
import { chmod, mkdir, open, readFile, rename, rm, stat } from 'node:fs/promises';
import { dirname, join, resolve } from 'node:path';

/** A file that cannot be read or written as it has to be; the message says what to do. */
export class RootDirectoryError extends Error {
  override readonly name = 'RootDirectoryError';
}

/** The folder in which a server keeps everything: keys, credentials, the store. Only its owner may look into it. */
export class RootDirectory {
  readonly path: string;

  private constructor(path: string) {
    this.path = path;
  }

  /** Makes the folder where it is missing. Throws RootDirectoryError where the path is a file or cannot be made. */
  static async open(path: string): Promise<RootDirectory> {
    const absolute = resolve(path);
    try {
      await mkdir(absolute, { recursive: true, mode: 0o700 });
    } catch (error) {
      const found = await stat(absolute).catch(() => undefined);
      if (found?.isFile())
        throw new RootDirectoryError(`the root directory ${absolute} is a file: name a folder with --root-directory`);
      throw new RootDirectoryError(`cannot make the root directory ${absolute}: ${messageOf(error)}`, { cause: error });
    }
    return new RootDirectory(absolute);
  }

  /** An absolute path for a file name; absolute names stay as they are. */
  at(name: string): string {
    return resolve(this.path, name);
  }

  /** A file's text; undefined where there is none. */
  async read(name: string): Promise<string | undefined> {
    try {
      return await readFile(this.at(name), 'utf8');
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code === 'ENOENT') return undefined;
      throw new RootDirectoryError(`cannot read ${this.at(name)}: ${messageOf(error)}`, { cause: error });
    }
  }

  /** Writes a file that only its owner can read, whole or not at all: a crash leaves the old one. */
  async write(name: string, text: string | Uint8Array): Promise<void> {
    const path = this.at(name);
    const temporary = join(dirname(path), `.${randomUUID()}.tmp`);
    try {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      const file = await open(temporary, 'wx', 0o600);
      try {
        await file.writeFile(text);
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(temporary, path);
      await chmod(path, 0o600);
    } catch (error) {
      await rm(temporary, { force: true });
      throw new RootDirectoryError(`cannot write ${path}: ${messageOf(error)}`, { cause: error });
    }
  }

  /** Removes a file, where there is one. */
  async remove(name: string): Promise<void> {
    await rm(this.at(name), { force: true });
  }
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
