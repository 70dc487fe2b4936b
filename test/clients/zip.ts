import { open, type FileHandle } from 'node:fs/promises';
import { promisify } from 'node:util';
import { inflateRaw } from 'node:zlib';

const inflate = promisify(inflateRaw);
const END_OF_DIRECTORY = 0x06054b50;
const DIRECTORY_ENTRY = 0x02014b50;
const LOCAL_HEADER_BYTES = 30;
/** The end record, with the longest comment that it may have. */
const TAIL_BYTES = 22 + 0xffff;

interface Entry {
  readonly name: string;
  readonly method: number;
  readonly compressed: number;
  readonly offset: number;
}

/** Reads one file out of a zip archive (stored or deflated, below 4 GiB). Throws where the archive has no such file. */
export async function readZipped(archive: string, name: string): Promise<Buffer> {
  await using file = await open(archive, 'r');
  const entry = (await readDirectory(file)).find((candidate) => candidate.name === name);
  if (!entry) throw new Error(`${archive} holds no ${name}`);
  const header = await readAt(file, entry.offset, LOCAL_HEADER_BYTES);
  const start = entry.offset + LOCAL_HEADER_BYTES + header.readUInt16LE(26) + header.readUInt16LE(28);
  const bytes = await readAt(file, start, entry.compressed);
  if (entry.method === 0) return bytes;
  if (entry.method === 8) return inflate(bytes);
  throw new Error(`${archive}: ${name} is compressed by method ${entry.method}, which is not supported`);
}

async function readDirectory(file: FileHandle): Promise<Entry[]> {
  const { size } = await file.stat();
  const tail = await readAt(file, Math.max(0, size - TAIL_BYTES), Math.min(size, TAIL_BYTES));
  let end = tail.length - 22;
  while (end >= 0 && tail.readUInt32LE(end) !== END_OF_DIRECTORY) end -= 1;
  if (end < 0) throw new Error('not a zip archive');
  const directory = await readAt(file, tail.readUInt32LE(end + 16), tail.readUInt32LE(end + 12));
  const entries: Entry[] = [];
  for (let at = 0; at < directory.length && directory.readUInt32LE(at) === DIRECTORY_ENTRY;) {
    const [nameBytes, extra, comment] = [28, 30, 32].map((offset) => directory.readUInt16LE(at + offset));
    const next = at + 46 + (nameBytes ?? 0);
    entries.push({
      name: directory.toString('utf8', at + 46, next),
      method: directory.readUInt16LE(at + 10),
      compressed: directory.readUInt32LE(at + 20),
      offset: directory.readUInt32LE(at + 42),
    });
    at = next + (extra ?? 0) + (comment ?? 0);
  }
  return entries;
}

async function readAt(file: FileHandle, position: number, length: number): Promise<Buffer> {
  const { buffer, bytesRead } = await file.read(Buffer.alloc(length), 0, length, position);
  if (bytesRead < length) throw new Error('the archive ends early');
  return buffer;
}
