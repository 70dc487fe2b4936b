import { closeSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { join } from 'node:path';

/** What is known of the copy in a folder. */
export interface CopyFacts {
  /** The folder within the folder. */
  readonly name: string;
  /** Which etcd, which store of it. */
  readonly cluster: string;
  readonly store: string;
  /** The run of the operating system during which it is written without flushes; `flushed` once it is closed and flushed. */
  readonly run: string;
}

/** The copy was closed, and flushed. */
export const FLUSHED = 'flushed';

const FILE = 'copy.json';

/** Reads what the file says; undefined where there is none that can be read. */
export const readCopyFacts = (folder: string): CopyFacts | undefined => {
  try {
    return decode(JSON.parse(readFileSync(join(folder, FILE), 'utf8')));
  } catch {
    return undefined;
  }
};

/** Writes the file, whole or not at all, and flushes it. */
export const writeCopyFacts = (folder: string, facts: CopyFacts): void => {
  const temporary = join(folder, `.${FILE}`);
  const descriptor = openSync(temporary, 'w', 0o600);
  try {
    writeSync(descriptor, JSON.stringify(facts));
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
  renameSync(temporary, join(folder, FILE));
};

/** What the operating system calls its run; undefined where it does not: then only a flushed copy can be trusted. */
export const currentRun = (): string | undefined => {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    return undefined;
  }
};

/** Flushes what any process wrote into a file. */
export const flushFile = (file: string): void => {
  const descriptor = openSync(file, 'r+');
  try {
    fsyncSync(descriptor);
  } finally {
    closeSync(descriptor);
  }
};

const decode = (value: unknown): CopyFacts | undefined => {
  if (typeof value !== 'object' || value === null) return undefined;
  const { name, cluster, store, run } = value as Partial<Record<keyof CopyFacts, unknown>>;
  const isText = (text: unknown): text is string => typeof text === 'string' && text !== '';
  const isName = isText(name) && /^[\w-]+$/.test(name);
  return isName && isText(cluster) && isText(store) && isText(run) ? { name, cluster, store, run } : undefined;
};
