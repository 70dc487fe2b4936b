import type { OpenSession } from '@kcp/cli';
import { kubeconfigFiles } from '@kcp/client';
import type { FlagValues } from '@kcp/process';
import { homedir } from 'node:os';
import { text } from 'node:stream/consumers';
import type { connectionFlags } from './flags.ts';

type Connection = FlagValues<typeof connectionFlags> & { readonly workspace?: string };

/** The commands' package; loaded where a command runs, so that help comes at once. */
export const cli = () => import('@kcp/cli');

/** Reads the kubeconfig that the flags name, and makes ready to talk to its server. */
export async function openedSession(flags: Connection): Promise<OpenSession> {
  const { openSession, streamOutput } = await cli();
  const { kubeconfig, requestTimeout, workspace = '', v: _verbosity, ...overrides } = flags;
  const home = homedir();
  return openSession({
    output: streamOutput(process.stdout, process.stderr),
    files: kubeconfigFiles({ explicit: kubeconfig, variable: process.env['KUBECONFIG'], home }),
    overrides,
    workspace,
    home,
    userAgent: 'kubectl-kcp',
    requestTimeoutMs: requestTimeout,
    exec: { environment: process.env, terminal: process.stdin.isTTY },
  });
}

/** Standard input, whole. */
export const readInput = (): Promise<string> => text(process.stdin);
