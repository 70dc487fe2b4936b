import { fork, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { openClient, type BareClient } from './bare-client.ts';

/** Where the server's process listens, and the token of somebody who may do everything. */
export interface Address {
  readonly port: number;
  readonly authority: string;
  readonly token: string;
}

/** What the process can be asked: what it notices, or to begin anew first. */
export type Question = 'forget' | 'read';

/** What the server's process noticed of itself since it last began anew. */
export interface Reading {
  /** The longest that the event loop was late, in milliseconds. */
  readonly stallMs: number;
  /** The longest that the thread worked in one go, in milliseconds: on a busy machine the truer figure. */
  readonly turnMs: number;
  /** Heap and buffers after a collection, in bytes. */
  readonly memory: number;
  /** False once anything was added to the prototypes that all objects share. */
  readonly pristine: boolean;
  /** What the server logged as an error: exceptions that nobody foresaw. */
  readonly unexpected: readonly string[];
}

/** A server in a process of its own, that is asked how it fares. */
export interface ProbedServer extends AsyncDisposable {
  readonly address: Address;
  readonly client: BareClient;
  /**
   * Does something bad to the server, prints how it fared, and rejects unless it lives, answers, lost no memory to speak of
   * and met nothing that it did not foresee.
   */
  survives(family: string, attack: () => Promise<void>): Promise<Reading>;
}

/** Memory that a family of bad input may leave behind: the store keeps the past of what was written, and caches get warm. */
const KEPT_BYTES = 48 * 1024 * 1024;

/** Starts the server's process. */
export async function startProbedServer(): Promise<ProbedServer> {
  const program = fileURLToPath(new URL('server-process.ts', import.meta.url));
  const child = fork(program, { execArgv: ['--expose-gc'] });
  const address = await hear<Address>(child);
  const client = openClient(address);
  return {
    address,
    client,
    survives: async (family, attack) => {
      const before = await ask(child, 'forget');
      await attack();
      const [{ status }, after] = [await client.send('/livez'), await ask(child, 'read')];
      say(family, before, after);
      if (status !== 200) throw new Error(`${family}: /livez answers ${status}`);
      if (after.unexpected.length > 0) throw new Error(`${family}: ${after.unexpected.join('\n')}`);
      if (!after.pristine) throw new Error(`${family}: a prototype was changed`);
      const settled = after.memory - before.memory > KEPT_BYTES ? await settle(child) : after;
      const grown = settled.memory - before.memory;
      if (grown > KEPT_BYTES) throw new Error(`${family}: ${mebibytes(grown)} MiB are still held`);
      return after;
    },
    [Symbol.asyncDispose]: async () => {
      client[Symbol.dispose]();
      child.disconnect();
      if (child.exitCode === null) await once(child, 'exit');
    },
  };
}

/** Connections end a moment after their clients; a second look tells what stays. */
async function settle(child: ChildProcess): Promise<Reading> {
  await new Promise((resolve) => setTimeout(resolve, 2500));
  return ask(child, 'read');
}

async function ask(child: ChildProcess, question: Question): Promise<Reading> {
  child.send(question);
  return hear<Reading>(child);
}

async function hear<T>(child: ChildProcess): Promise<T> {
  const gone = new AbortController();
  const ended = once(child, 'exit', { signal: gone.signal }).then(([code, signal]) => {
    throw new Error(`the server's process ended with ${code ?? signal}`);
  });
  try {
    const [message] = await Promise.race([once(child, 'message', { signal: gone.signal }), ended]);
    return message as T;
  } finally {
    gone.abort();
    ended.catch(() => {});
  }
}

function say(family: string, before: Reading, { stallMs, turnMs, memory }: Reading): void {
  const grown = mebibytes(memory - before.memory);
  process.stderr.write(
    `hardening: ${family}: longest stall ${stallMs.toFixed(0)} ms, longest turn ${turnMs.toFixed(0)} ms, ${grown} MiB kept\n`,
  );
}

function mebibytes(bytes: number): string {
  return (bytes / 1024 / 1024).toFixed(1);
}
