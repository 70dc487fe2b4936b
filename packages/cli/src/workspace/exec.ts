import { stringifyJson } from '@kcp/api-machinery';
import { spawn } from 'node:child_process';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { constants, tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { CliError } from '../cli-error.ts';
import { formatClusterUrl } from '../cluster-url.ts';
import { visitWorkspace } from '../kubeconfig/visit.ts';
import { currentWorkspace, type Session } from '../session.ts';
import { hasDots, resolveWorkspacePath } from '../workspace-path.ts';
import { reachWorkspace } from './reach.ts';

/** What `ws exec` is told. */
export interface ExecRequest {
  /** The workspace: a name, a path, `:root:a`, `..`. */
  readonly word: string;
  /** The program and its arguments. */
  readonly command: readonly string[];
  /** What the program gets as its environment, KUBECONFIG apart. */
  readonly environment: Readonly<Record<string, string | undefined>>;
}

/**
 * `ws exec`: runs a program in another workspace and gives its exit code, as a shell counts it. The program gets a kubeconfig of its own
 * before the user's, so that nobody's current workspace changes, whatever it does.
 */
export async function execCommand(session: Session, { word, command, environment }: ExecRequest): Promise<number> {
  const [program, ...args] = command;
  if (program === undefined) throw new CliError('say what to run: ws exec <workspace> -- <command>');
  const { base, path: current } = currentWorkspace(session);
  const path = resolveWorkspacePath(current, word);
  await reachWorkspace(session.client, { path, asked: path, withType: !hasDots(word) });
  const folder = await mkdtemp(join(tmpdir(), 'kubectl-ws-'));
  try {
    const file = join(folder, 'kubeconfig');
    const server = formatClusterUrl({ base, path });
    const document = visitWorkspace(session.config, { server, from: session.server, context: session.context });
    await writeFile(file, stringifyJson(document), { mode: 0o600 });
    const env = { ...environment, KUBECONFIG: [file, ...session.paths].join(delimiter) };
    return await runProgram(program, args, env);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** Runs a program at the terminal. What interrupts it at the keyboard reaches it by itself; what asks us to end is passed on. */
async function runProgram(
  program: string,
  args: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  const child = spawn(program, [...args], { stdio: 'inherit', env });
  const stay = (): void => {};
  const pass = (signal: NodeJS.Signals): void => void child.kill(signal);
  process.on('SIGINT', stay).on('SIGTERM', pass).on('SIGHUP', pass);
  try {
    return await new Promise<number>((resolve, reject) => {
      child.once('error', (error) => reject(new CliError(`cannot run ${program}: ${error.message}`)));
      child.once('exit', (code, signal) => resolve(code ?? 128 + (signal === null ? 0 : constants.signals[signal])));
    });
  } finally {
    process.off('SIGINT', stay).off('SIGTERM', pass).off('SIGHUP', pass);
  }
}
