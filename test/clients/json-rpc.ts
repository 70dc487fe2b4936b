import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';

/** A program that answers JSON-RPC 2.0, a message a line, on its standard streams. */
export interface JsonRpcProgram extends AsyncDisposable {
  /** The result of a call; rejects with the error's message, where the program ends, or after 20 s. */
  call(method: string, parameters: object): Promise<unknown>;
  notify(method: string): void;
}

interface Answer {
  readonly id?: number;
  readonly result?: unknown;
  readonly error?: { readonly message: string };
}

const LIMIT_MS = 20_000;

/** Starts one. */
export function startJsonRpc(program: string, args: readonly string[], environment: NodeJS.ProcessEnv): JsonRpcProgram {
  const child = spawn(program, [...args], { stdio: ['pipe', 'pipe', 'pipe'], env: environment });
  const waiting = new Map<number, (answer: Answer) => void>();
  const closed = once(child, 'close');
  let said = '';
  let last = 0;
  child.stderr.setEncoding('utf8').on('data', (text: string) => (said = (said + text).slice(-4096)));
  child.stdin.on('error', () => {});
  createInterface({ input: child.stdout }).on('line', (line) => {
    const answer = JSON.parse(line) as Answer;
    if (answer.id !== undefined) waiting.get(answer.id)?.(answer);
  });
  const send = (message: object): void => void child.stdin.write(`${JSON.stringify({ jsonrpc: '2.0', ...message })}\n`);
  return {
    notify: (method) => send({ method }),
    call: (method, parameters) =>
      new Promise((resolve, reject) => {
        const id = (last += 1);
        const fail = (why: string): void => reject(new Error(`${method}: ${why}${said && `: ${said}`}`));
        const timer = setTimeout(() => fail('no answer in time'), LIMIT_MS);
        child.once('close', () => fail('the program ended'));
        waiting.set(id, ({ result, error }) => {
          clearTimeout(timer);
          waiting.delete(id);
          if (error) fail(error.message);
          else resolve(result);
        });
        send({ id, method, params: parameters });
      }),
    [Symbol.asyncDispose]: async () => {
      child.kill('SIGTERM');
      await closed;
    },
  };
}
