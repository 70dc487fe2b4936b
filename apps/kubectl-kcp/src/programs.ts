import { completionScript, completionShells, defineCommand, type Command } from '@kcp/process';
import { snapshotExamples } from './examples.ts';
import { ignoredFlags as ignored, snapshotFlags } from './flags.ts';
import { cli, readInput } from './wiring.ts';
import { createWorkspace, workspaceCommand } from './workspace-commands.ts';

/** One of the programs that this app is, by the name it was called by. */
export interface Program {
  readonly root: Command;
  /** How people call it. */
  readonly path: string;
  /** What errors begin with, as with kcp's own plugin. */
  readonly errorPrefix: string;
}

const snapshot = defineCommand({
  name: 'snapshot',
  usage: '-f FILE --prefix PREFIX',
  summary: 'Makes an APIResourceSchema of each CustomResourceDefinition in a file.',
  examples: snapshotExamples.replaceAll('%', 'kubectl kcp'),
  flags: snapshotFlags,
  ignored: [...ignored, 'v'],
  run: async ({ values: { output: format, ...rest } }) => {
    const { snapshotCommand, streamOutput } = await cli();
    await snapshotCommand(streamOutput(process.stdout, process.stderr), { ...rest, format, input: readInput });
    return 0;
  },
});

const crd = defineCommand({ name: 'crd', summary: 'Works with definitions.', flags: {}, commands: [snapshot] });

function completion(program: string): Command {
  const shells = completionShells.map((shell) =>
    defineCommand({
      name: shell,
      summary: `Prints the script for ${shell}.`,
      flags: {},
      words: { min: 0, max: 0 },
      run: async () => (process.stdout.write(completionScript(shell, program)), 0),
    }),
  );
  return defineCommand({
    name: 'completion',
    summary: 'Prints a script that completes words in a shell.',
    flags: {},
    commands: shells,
  });
}

const kcp = defineCommand({
  name: 'kcp',
  summary: 'Works with kcp: workspaces, contexts, and schemas of APIs.',
  flags: {},
  ignored: [...ignored, 'v'],
  commands: [workspaceCommand('kubectl kcp workspace'), crd, completion('kubectl-kcp')],
});

const ws = workspaceCommand('kubectl ws', [completion('kubectl-ws')]);

/** The programs by their files' names. */
export const programs: Readonly<Record<string, Program>> = {
  'kubectl-kcp': { root: kcp, path: 'kubectl kcp', errorPrefix: 'error: ' },
  'kubectl-ws': { root: ws, path: 'kubectl ws', errorPrefix: 'Error: ' },
  'kubectl-workspaces': { root: ws, path: 'kubectl workspaces', errorPrefix: 'Error: ' },
  'kubectl-create-workspace': { root: createWorkspace, path: 'kubectl create workspace', errorPrefix: 'Error: ' },
};
