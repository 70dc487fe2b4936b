import type { OpenSession } from '@kcp/cli';
import { defineCommand, type Command, type CommandCall, type FlagValues } from '@kcp/process';
import { createExamples, workspaceExamples } from './examples.ts';
import {
  connectionFlags,
  createContextFlags,
  createFlags,
  ignoredFlags as ignored,
  interactiveFlag,
  shortFlag,
  treeFlags,
  workspaceFlag,
} from './flags.ts';
import { cli, openedSession } from './wiring.ts';

type Connected = FlagValues<typeof connectionFlags> & { readonly workspace?: string };
type Cli = Awaited<ReturnType<typeof cli>>;

/** Runs a command in a session of its own. Its exit code is 0 where it gives none. */
function inSession<V extends Connected>(
  work: (kcp: Cli, session: OpenSession, call: CommandCall<V>) => Promise<number | void> | void,
): (call: CommandCall<V>) => Promise<number> {
  return async (call) => {
    const kcp = await cli();
    await using session = await openedSession(call.values);
    for (const warning of call.warnings) session.output.note(`Warning: ${warning}`);
    return (await work(kcp, session, call)) ?? 0;
  };
}

/** Names of workspaces, where the first word is one. */
async function workspaces(call: CommandCall<Connected>, word: string): Promise<readonly string[]> {
  if (call.words.length > 0) return [];
  const kcp = await cli();
  await using session = await openedSession(call.values);
  return await kcp.completeWorkspace(session, word);
}

const use = defineCommand({
  name: 'use',
  aliases: ['cd'],
  usage: '<workspace>|:<absolute:path>|..|.|-|~',
  summary: 'Goes to a workspace, which the kubeconfig points to from then on.',
  flags: { ...shortFlag, ...connectionFlags },
  ignored,
  words: { min: 1, max: 1, otherwise: 'help' },
  run: inSession((kcp, session, { words: [word = ''], values: { short } }) => kcp.useCommand(session, { word, short })),
  complete: workspaces,
});

const current = defineCommand({
  name: 'current',
  usage: '[--short]',
  summary: 'Prints the current workspace; the same as "ws .".',
  flags: { ...shortFlag, ...connectionFlags },
  ignored,
  words: { min: 0, max: 0, otherwise: 'help' },
  run: inSession((kcp, session, { values }) => kcp.currentCommand(session, values)),
});

const tree = defineCommand({
  name: 'tree',
  usage: '[--full] [--wide]',
  summary: 'Draws the workspaces below the current one.',
  flags: { ...treeFlags, ...workspaceFlag, ...interactiveFlag, ...connectionFlags },
  ignored,
  words: { min: 0, max: 0, otherwise: 'help' },
  run: inSession((kcp, session, { values }) => {
    if (values.interactive) throw new kcp.CliError(kcp.NO_BROWSER);
    return kcp.treeCommand(session, values);
  }),
});

const createContext = defineCommand({
  name: 'create-context',
  usage: '[<name>] [--overwrite] [--keep-current]',
  summary: 'Makes a context for the current workspace; named after it where no name is given.',
  flags: { ...createContextFlags, ...connectionFlags },
  ignored,
  words: { min: 0, max: 1, otherwise: 'help' },
  run: inSession((kcp, session, { words: [name = ''], values: { overwrite, keepCurrent } }) =>
    kcp.createContextCommand(session, { name, overwrite, keepCurrent }),
  ),
});

const exec = defineCommand({
  name: 'exec',
  usage: '<workspace> -- <command> [<argument>…]',
  summary: 'Runs a command in another workspace, and leaves the current one what it is.',
  examples: 'kubectl ws exec :root:default -- kubectl get apibindings',
  flags: connectionFlags,
  ignored,
  words: { min: 1, max: 1 },
  run: inSession((kcp, session, { words: [word = ''], rest }) =>
    kcp.execCommand(session, { word, command: rest, environment: process.env }),
  ),
  complete: workspaces,
});

/** `create workspace`, under another name within `ws`. */
function createCommand(name: string, path: string, deprecated?: string): Command {
  return defineCommand({
    name,
    usage: '<name> [--type=<type>] [--enter] [--ignore-existing]',
    summary: 'Creates a workspace in the current one, and waits until it is ready.',
    examples: createExamples.replaceAll('%', path),
    ...(deprecated !== undefined && { deprecated }),
    flags: { ...createFlags, ...workspaceFlag, ...connectionFlags },
    ignored,
    words: { min: 1, max: 1 },
    run: inSession((kcp, session, { words: [word = ''], values }) =>
      kcp.createCommand(session, { ...values, name: word }),
    ),
  });
}

const INSTEAD =
  "install the 'kubectl create workspace' plugin instead, compare https://docs.kcp.io/kcp/latest/setup/kubectl-plugin/.";

/** `ws` and what is under it; `path` is how it is called. */
export function workspaceCommand(path: string, more: readonly Command[] = []): Command {
  return defineCommand({
    name: 'workspace',
    aliases: ['ws', 'workspaces'],
    usage: '[create|create-context|use|current|tree|exec|<workspace>|..|.|-|~|:<absolute:path>]',
    summary: 'Shows, makes and changes workspaces.',
    examples: workspaceExamples.replaceAll('%', path),
    flags: { ...shortFlag, ...interactiveFlag, ...connectionFlags },
    ignored,
    commands: [use, current, tree, createCommand('create', `${path} create`, INSTEAD), createContext, exec, ...more],
    words: { min: 0, max: 1, otherwise: 'help' },
    run: inSession((kcp, session, { words: [word = ''], values: { short, interactive } }) => {
      if (interactive) throw new kcp.CliError(kcp.NO_BROWSER);
      return kcp.useCommand(session, { word, short });
    }),
    complete: workspaces,
  });
}

/** `kubectl create workspace`. */
export const createWorkspace = createCommand('create-workspace', 'kubectl create workspace');
