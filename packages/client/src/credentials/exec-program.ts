import { spawn, type ChildProcess } from 'node:child_process';
import type { ExecConfig } from '../kubeconfig/kubeconfig.ts';
import { CredentialError } from './credential-error.ts';
import { codeOf } from '../thrown.ts';

/** What a program's standard output and its errors' end may be, bytes. */
const MAX_OUTPUT = 1024 * 1024;
const MAX_ERRORS = 2048;

/** What a credential plugin is run with. */
export interface ExecRun {
  readonly exec: ExecConfig;
  /** All of the program's environment. */
  readonly environment: Readonly<Record<string, string | undefined>>;
  /** True where it may ask the user: it gets this process's terminal. */
  readonly interactive: boolean;
  readonly timeoutMs: number;
}

/** Runs a program to its end; what it printed. Rejects with CredentialError: not found, failed, too slow, too much. */
export function runProgram({ exec, environment, interactive, timeoutMs }: ExecRun): Promise<string> {
  return new Promise((resolve, reject) => {
    // A group of its own, so that what it started ends with it; a terminal's program has to stay in the terminal's group.
    const detached = !interactive && process.platform !== 'win32';
    const child = spawn(exec.command, exec.args, {
      env: environment,
      detached,
      stdio: [interactive ? 'inherit' : 'ignore', 'pipe', interactive ? 'inherit' : 'pipe'],
      windowsHide: true,
    });
    const output: Buffer[] = [];
    let size = 0;
    let errors = '';
    const fail = (what: string, cause?: unknown): void => {
      end(child, detached);
      reject(new CredentialError(`exec: ${exec.command} ${what}`, cause));
    };
    const timer = setTimeout(() => fail(`did not end within ${timeoutMs} ms`), timeoutMs);
    child.stdout?.on('data', (chunk: Buffer) => {
      size += chunk.length;
      if (size > MAX_OUTPUT) fail(`printed more than ${MAX_OUTPUT} bytes`);
      else output.push(chunk);
    });
    child.stderr?.on('data', (chunk: Buffer) => {
      errors = (errors + chunk.toString('utf8')).slice(-MAX_ERRORS);
    });
    child.on('error', (error) => {
      clearTimeout(timer);
      const missing = codeOf(error) === 'ENOENT';
      fail(missing ? `was not found${hint(exec)}` : 'could not be started', error);
    });
    child.on('close', (code, signal) => {
      clearTimeout(timer);
      if (code === 0) resolve(Buffer.concat(output).toString('utf8'));
      else fail(`failed with ${signal ?? `exit code ${code}`}${printable(errors === '' ? '' : `: ${errors.trim()}`)}`);
    });
  });
}

function end(child: ChildProcess, group: boolean): void {
  if (child.pid === undefined || child.exitCode !== null || child.signalCode !== null) return;
  try {
    if (group) process.kill(-child.pid, 'SIGKILL');
    else child.kill('SIGKILL');
  } catch {
    // it ended meanwhile
  }
}

function hint({ installHint }: ExecConfig): string {
  return installHint === undefined ? '' : `\n\n${printable(installHint)}`;
}

/** Without what would move a terminal's cursor or change its colours. */
function printable(text: string): string {
  return text.replaceAll(/[^\P{C}\s]/gu, '\ufffd');
}
