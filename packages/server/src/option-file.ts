import { readFile } from 'node:fs/promises';

/** A file that an option names cannot be read or is not what it should be; the message names the file. */
export class OptionFileError extends Error {
  override readonly name = 'OptionFileError';
}

/** Reads a file that an option names and makes something of it. Throws OptionFileError. */
export async function readOptionFile<T>(file: string, parse: (bytes: Buffer) => T): Promise<T> {
  let bytes: Buffer;
  try {
    bytes = await readFile(file);
  } catch (error) {
    const missing = (error as NodeJS.ErrnoException).code === 'ENOENT';
    throw new OptionFileError(`cannot read ${file}: ${missing ? 'there is no such file' : textOf(error)}`, {
      cause: error,
    });
  }
  try {
    return parse(bytes);
  } catch (error) {
    throw new OptionFileError(`${file}: ${textOf(error)}`, { cause: error });
  }
}

function textOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
