import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import type { TestServer } from '@kcp/testing';

/** What a command said. */
export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** How to run it. */
export interface RunOptions {
  readonly input?: string;
  readonly environment?: Readonly<Record<string, string>>;
}

/** A command that goes on until it is told to end. */
export interface RunningCommand extends AsyncDisposable {
  /** Standard output up to the first line in which the text occurs; rejects where the command ends before, or after 15 s. */
  until(text: string): Promise<string>;
}

/** A real client with the kubeconfig of one logical cluster. */
export interface Client {
  /** Runs it to its end, whatever the end is. */
  run(args: readonly string[], options?: RunOptions): Promise<Outcome>;
  /** Runs it and gives its standard output; rejects with what it wrote where it fails. */
  ok(args: readonly string[], options?: RunOptions): Promise<string>;
  /** Starts it. */
  start(args: readonly string[]): RunningCommand;
}

/** A client program for a logical cluster of a test server; its home and caches are in the server's folder. */
export async function clientOf(
  program: string,
  { server, cluster }: { server: TestServer; cluster: string },
): Promise<Client> {
  const home = join(server.folder, `home-${cluster.replaceAll(':', '-')}`);
  await mkdir(home, { recursive: true });
  const environment = { KUBECONFIG: await server.kubeconfig(cluster), HOME: home, PATH: process.env['PATH'] ?? '' };
  const open = (args: readonly string[], options: RunOptions = {}) =>
    spawn(program, [...args], {
      stdio: ['pipe', 'pipe', 'pipe'],
      env: { ...environment, ...options.environment },
      cwd: server.folder,
    });
  const run = async (args: readonly string[], options: RunOptions = {}): Promise<Outcome> => {
    const child = open(args, options);
    const out = { stdout: '', stderr: '' };
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => (out.stdout += chunk));
    child.stderr.setEncoding('utf8').on('data', (chunk: string) => (out.stderr += chunk));
    child.stdin.on('error', () => {}).end(options.input ?? '');
    const [code] = await once(child, 'close');
    return { code, ...out };
  };
  return {
    run,
    ok: async (args, options) => {
      const { code, stdout, stderr } = await run(args, options);
      if (code !== 0) throw new Error(`${args.join(' ')} ended with ${code}: ${stderr || stdout}`);
      return stdout;
    },
    start: (args) => watchOutput(open(args)),
  };
}

function watchOutput(child: ReturnType<typeof spawn>): RunningCommand {
  let text = '';
  let error = '';
  let check = (): void => {};
  const closed = once(child, 'close');
  child.stdout?.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk;
    check();
  });
  child.stderr?.setEncoding('utf8').on('data', (chunk: string) => (error += chunk));
  return {
    until: (wanted) =>
      new Promise((resolve, reject) => {
        const fail = (why: string): void =>
          reject(new Error(`${why} before ${JSON.stringify(wanted)}: ${text}${error}`));
        const timer = setTimeout(() => fail('15 s passed'), 15_000);
        child.once('close', () => fail('the command ended'));
        check = () => {
          if (!text.includes(wanted)) return;
          clearTimeout(timer);
          resolve(text);
        };
        check();
      }),
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGTERM');
      await closed;
    },
  };
}
