import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { crc32, deflateRawSync } from 'node:zlib';
import { describe, expect, it } from '@jest/globals';
import { readZipped } from './zip.ts';

describe('a zip archive', () => {
  it('gives stored and deflated files', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'a.zip');
    await writeFile(path, zip({ 'plain/a': 'alpha', b: 'beta '.repeat(100) }));
    expect((await readZipped(path, 'plain/a')).toString()).toBe('alpha');
    expect((await readZipped(path, 'b')).toString()).toBe('beta '.repeat(100));
  });

  it('refuses a file that it does not hold, and what is no archive', async () => {
    await using folder = await temporaryFolder();
    const path = join(folder.path, 'a.zip');
    await writeFile(path, zip({ a: 'alpha' }));
    await expect(readZipped(path, 'b')).rejects.toThrow('holds no b');
    await writeFile(path, Buffer.alloc(100));
    await expect(readZipped(path, 'a')).rejects.toThrow('not a zip archive');
  });
});

async function temporaryFolder(): Promise<{ path: string } & AsyncDisposable> {
  const path = await mkdtemp(join(tmpdir(), 'kcp-zip-'));
  return { path, [Symbol.asyncDispose]: () => rm(path, { recursive: true }) };
}

/** A small archive; what is longer than 20 characters is deflated. */
function zip(files: Readonly<Record<string, string>>): Buffer {
  const bodies: Buffer[] = [];
  const directory: Buffer[] = [];
  let offset = 0;
  for (const [name, text] of Object.entries(files)) {
    const raw = Buffer.from(text);
    const method = raw.length > 20 ? 8 : 0;
    const data = method === 8 ? deflateRawSync(raw) : raw;
    const shared = Buffer.alloc(26);
    shared.writeUInt16LE(20, 0);
    shared.writeUInt16LE(method, 4);
    shared.writeUInt32LE(crc32(raw), 10);
    shared.writeUInt32LE(data.length, 14);
    shared.writeUInt32LE(raw.length, 18);
    shared.writeUInt16LE(name.length, 22);
    const place = Buffer.alloc(14);
    place.writeUInt32LE(offset, 10);
    bodies.push(Buffer.from('PK\x03\x04'), shared, Buffer.from(name), data);
    directory.push(Buffer.from('PK\x01\x02\x14\x00'), shared, place, Buffer.from(name));
    offset += 30 + name.length + data.length;
  }
  const list = Buffer.concat(directory);
  const end = Buffer.alloc(22);
  end.write('PK\x05\x06', 'latin1');
  end.writeUInt32LE(list.length, 12);
  end.writeUInt32LE(offset, 16);
  return Buffer.concat([...bodies, list, end]);
}
