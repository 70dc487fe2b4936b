import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import type { TranscriptCommand, TranscriptCommands } from '@kcp/testing';

/** Where the plugin's programs are. */
export const pluginFolder = fileURLToPath(new URL('../../node_modules/.bin', import.meta.url));

/** Where a dialogue is held. */
export interface PluginPlace {
  /** The home folder, and where the programs run. */
  readonly folder: string;
  readonly kubeconfig: string;
}

/** How a program ended, and what it wrote. */
export interface Ended {
  readonly code: number | null;
  readonly out: string;
  readonly err: string;
}

/** The plugin's programs as commands of a transcript: lines of standard output, `err:` lines, and how it ended where it failed. */
export function pluginDialogue(place: PluginPlace): TranscriptCommands {
  const run: TranscriptCommand = async ({ command, arguments: args }) => {
    const { code, out, err } = await runProgram(`${pluginFolder}/${command}`, args, place);
    const lines = [out, err.replaceAll(/^(?=.)/gm, 'err: '), code === 0 ? '' : `exit ${code}`];
    return lines.map((text) => text.trimEnd()).join('\n');
  };
  return { 'kubectl-ws': run, 'kubectl-kcp': run, 'kubectl-create-workspace': run };
}

/** Runs a program to its end with a kubeconfig, a home of its own and the plugin in its PATH; it has a minute. */
export async function runProgram(
  program: string,
  args: readonly string[],
  { folder, kubeconfig }: PluginPlace,
): Promise<Ended> {
  const env = { KUBECONFIG: kubeconfig, HOME: folder, PATH: `${pluginFolder}:${process.env['PATH']}` };
  const child = spawn(program, [...args], { cwd: folder, env, stdio: ['ignore', 'pipe', 'pipe'], timeout: 60_000 });
  const text = { out: '', err: '' };
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => (text.out += chunk));
  child.stderr.setEncoding('utf8').on('data', (chunk: string) => (text.err += chunk));
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, ...text };
}
