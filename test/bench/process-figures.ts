import { readFile } from 'node:fs/promises';

/** What the system says of a process, on Linux. */
export interface ProcessFigures {
  /** Processor time since its start, in milliseconds. */
  readonly cpuMs: number;
  /** Resident memory, and the part of it that is no file's, in MiB. */
  readonly rssMiB: number;
  readonly anonMiB: number;
}

const TICK_MS = 10;

/** Reads them from /proc. */
export async function figuresOf(pid: number): Promise<ProcessFigures> {
  const [stat, status] = await Promise.all(['stat', 'status'].map((name) => readFile(`/proc/${pid}/${name}`, 'utf8')));
  const fields = (stat ?? '').replace(/^.*\) /s, '').split(' ');
  const mebibytes = (name: string): number =>
    Number(new RegExp(`${name}:\\s+(\\d+)`).exec(status ?? '')?.[1] ?? 0) / 1024;
  const cpuMs = (Number(fields[11]) + Number(fields[12])) * TICK_MS;
  return { cpuMs, rssMiB: mebibytes('VmRSS'), anonMiB: mebibytes('RssAnon') };
}
