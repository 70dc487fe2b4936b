import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFile } from 'node:fs/promises';

/** Which program to start, and how. */
export interface ServerProcessOptions {
  /** The path of the launcher. */
  readonly program: string;
  readonly arguments: readonly string[];
  /** The whole environment; this process's own where it is absent. */
  readonly environment?: NodeJS.ProcessEnv;
  /** How long it may take until it says that it is ready (30 s). */
  readonly timeoutMs?: number;
}

/** How a process ended. */
export interface ServerExit {
  readonly code: number | null;
  readonly signal: NodeJS.Signals | null;
}

/** A server that runs as a process of its own. Disposing of it stops it. */
export interface ServerProcess extends AsyncDisposable {
  readonly pid: number;
  /** `https://host:port`, as the server printed it. */
  readonly url: string;
  /** The path of the admin kubeconfig, as the server printed it. */
  readonly kubeconfig: string;
  /** The certificate that the server is checked by, PEM. */
  readonly certificateAuthority: string;
  /** From the start of the process to its word that it is ready. */
  readonly readyAfterMs: number;
  readonly exited: Promise<ServerExit>;
  /** The last 64 KiB that it wrote to standard error. */
  log(): string;
  /** Asks it to end (SIGTERM) and waits; a process that does not go within 15 s is killed. */
  stop(): Promise<ServerExit>;
  /** Ends it at once, as a crash does. */
  kill(): Promise<ServerExit>;
}

const LOG_LIMIT = 64 * 1024;
const STOP_LIMIT_MS = 15_000;

/** Starts a server and waits for its word that it is ready. Rejects with what it wrote where it ends before. */
export async function startServerProcess(options: ServerProcessOptions): Promise<ServerProcess> {
  const began = performance.now();
  const child = spawn(options.program, [...options.arguments], {
    stdio: ['ignore', 'pipe', 'pipe'],
    ...(options.environment && { env: options.environment }),
  });
  const output = keepOutput(child);
  const exited = once(child, 'exit').then(([code, signal]): ServerExit => ({ code, signal }));
  const said = await firstWords(child, output, options.timeoutMs ?? 30_000);
  const readyAfterMs = performance.now() - began;
  return {
    pid: child.pid ?? 0,
    ...said,
    certificateAuthority: authorityIn(await readFile(said.kubeconfig, 'utf8')),
    readyAfterMs,
    exited,
    log: () => output.error,
    stop: () => end(child, exited, 'SIGTERM'),
    kill: () => end(child, exited, 'SIGKILL'),
    [Symbol.asyncDispose]: async () => void (await end(child, exited, 'SIGTERM')),
  };
}

interface Output {
  text: string;
  error: string;
}

function keepOutput(child: ChildProcess): Output {
  const output: Output = { text: '', error: '' };
  child.stdout
    ?.setEncoding('utf8')
    .on('data', (chunk: string) => (output.text = (output.text + chunk).slice(-LOG_LIMIT)));
  child.stderr
    ?.setEncoding('utf8')
    .on('data', (chunk: string) => (output.error = (output.error + chunk).slice(-LOG_LIMIT)));
  return output;
}

function firstWords(
  child: ChildProcess,
  output: Output,
  timeoutMs: number,
): Promise<{ url: string; kubeconfig: string }> {
  return new Promise((resolve, reject) => {
    const fail = (why: string): void => {
      child.kill('SIGKILL');
      reject(new Error(`the server ${why}: ${output.error.trim() || output.text.trim()}`));
    };
    const timer = setTimeout(() => fail(`was not ready after ${timeoutMs} ms`), timeoutMs);
    child.on('error', (error) => fail(`did not start (${error.message})`));
    child.on('close', () => {
      clearTimeout(timer);
      fail('ended before it was ready');
    });
    child.stdout?.on('data', () => {
      const url = /\bhttps:\/\/\S+/.exec(output.text)?.[0];
      const kubeconfig = /^kubeconfig: (.+)\n/m.exec(output.text)?.[1];
      if (url === undefined || kubeconfig === undefined) return;
      clearTimeout(timer);
      resolve({ url, kubeconfig });
    });
  });
}

function authorityIn(kubeconfig: string): string {
  const data = /certificate-authority-data: (\S+)/.exec(kubeconfig)?.[1] ?? '';
  return Buffer.from(data, 'base64').toString('utf8');
}

async function end(child: ChildProcess, exited: Promise<ServerExit>, signal: NodeJS.Signals): Promise<ServerExit> {
  child.kill(signal);
  const timer = setTimeout(() => child.kill('SIGKILL'), STOP_LIMIT_MS);
  const exit = await exited;
  clearTimeout(timer);
  return exit;
}
