import { randomUUID } from 'node:crypto';
import { mkdir, open, readFile, realpath, rename, rm } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { JsonObject } from '@kcp/api-machinery';
import { DUMP_SCHEMA, dump } from 'js-yaml';
import { decodeKubeconfig } from './decode.ts';
import { readDocument } from './document.ts';
import { FieldReader } from './field-reader.ts';
import { KubeconfigError } from './kubeconfig-error.ts';
import { lockFile } from './file-lock.ts';
import { codeOf } from '../thrown.ts';

const EMPTY: JsonObject = { apiVersion: 'v1', kind: 'Config', clusters: [], users: [], contexts: [] };

/** How a kubeconfig file is written. */
export interface EditOptions {
  /** How long another program may hold the file's lock; 10 s where left out. */
  readonly patienceMs?: number;
}

/**
 * Changes a kubeconfig file: under the lock that kubectl takes, from what the file holds then, whole or not at all, readable by its
 * owner only. What the change does not touch keeps its order and its unknown fields; comments go, as they do with kubectl. A file
 * that is not there is begun, with its folder. Rejects with KubeconfigError, the file unchanged, where the file cannot be read or the
 * outcome would be no kubeconfig; with what `change` throws.
 */
export async function editKubeconfig(
  file: string,
  change: (document: JsonObject) => JsonObject,
  options: EditOptions = {},
): Promise<void> {
  await mkdir(dirname(file), { recursive: true, mode: 0o700 });
  // A link stays a link.
  const path = await realpath(file).catch(() => file);
  const lock = await lockFile(path, options.patienceMs);
  try {
    const text = await textOf(path);
    const changed = change(text === undefined ? EMPTY : readDocument(text, path));
    decodeKubeconfig(new FieldReader(changed, '', path));
    await replace(path, formatDocument(changed));
  } finally {
    await lock.release();
  }
}

/** A kubeconfig's document as YAML; texts that other readers could take for something else are in quotes. */
export function formatDocument(document: JsonObject): string {
  return dump(document, { schema: DUMP_SCHEMA, lineWidth: -1, noRefs: true, seqNoIndent: true, quoteStyle: 'double' });
}

async function textOf(path: string): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw new KubeconfigError('cannot be read', { file: path }, error);
  }
}

async function replace(path: string, text: string): Promise<void> {
  const beside = `${path}.${randomUUID()}.tmp`;
  try {
    const handle = await open(beside, 'wx', 0o600);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(beside, path);
  } catch (error) {
    await rm(beside, { force: true });
    throw new KubeconfigError('cannot be written', { file: path }, error);
  }
}
