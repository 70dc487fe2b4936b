import type { Kubeconfig, KubeconfigCluster, KubeconfigContext } from '@kcp/client';
import { CliError } from '../cli-error.ts';
import type { CopiedEntry, KubeconfigChange } from './kubeconfig-change.ts';

/** The context, and the cluster, of the workspace that one is in. kcp's own plugin knows it by the same name. */
export const CURRENT = 'workspace.kcp.io/current';

/** Those of the workspace before, for `ws -`. */
export const PREVIOUS = 'workspace.kcp.io/previous';

/** Where somebody goes. */
export interface Destination {
  /** The workspace's URL. */
  readonly server: string;
  /** The context whose cluster and user are taken along; the current one where left out. */
  readonly context?: string | undefined;
}

/** Goes to a workspace: it becomes the current context, and what was current becomes the previous one. */
export function enterWorkspace(config: Kubeconfig, { server, context }: Destination): KubeconfigChange {
  const left = namedContext(config, config.currentContext);
  const taken = context === undefined ? left : namedContext(config, context);
  return {
    entries: [
      copiedCluster(config, { from: taken.entry.cluster, name: CURRENT, set: { server } }),
      copiedContext(taken, { name: CURRENT, set: { cluster: CURRENT } }),
      ...leave(config, left),
    ],
    currentContext: CURRENT,
  };
}

/** Goes back to the previous workspace, which changes places with the current one. */
export function swapWorkspaces(config: Kubeconfig): KubeconfigChange & { readonly server: string } {
  const left = namedContext(config, config.currentContext);
  const entry = config.contexts.get(PREVIOUS);
  if (!entry) throw new CliError('no previous workspace found in kubeconfig');
  const moves = entry.cluster === PREVIOUS;
  const { server } = namedCluster(config, entry.cluster);
  if (server === undefined) throw new CliError(`cluster "${entry.cluster}" has no server in kubeconfig`);
  return {
    entries: [
      ...(moves ? [copiedCluster(config, { from: PREVIOUS, name: CURRENT })] : []),
      copiedContext({ name: PREVIOUS, entry }, { name: CURRENT, ...(moves && { set: { cluster: CURRENT } }) }),
      ...leave(config, left),
    ],
    currentContext: CURRENT,
    server,
  };
}

/** What a context is made of. */
export interface NewContext extends Destination {
  readonly name: string;
  /** Does not make it the current one. */
  readonly keepCurrent: boolean;
}

/** Makes a context of its own for a workspace, with a cluster of the same name. */
export function addContext(config: Kubeconfig, { name, server, context, keepCurrent }: NewContext): KubeconfigChange {
  const taken = namedContext(config, context ?? config.currentContext);
  return {
    entries: [
      copiedCluster(config, { from: taken.entry.cluster, name, set: { server } }),
      copiedContext(taken, { name, set: { cluster: name } }),
    ],
    currentContext: keepCurrent ? undefined : name,
  };
}

interface NamedContext {
  readonly name: string;
  readonly entry: KubeconfigContext;
}

/** What was current is kept as the previous context; its cluster too, where the current one's place is about to be taken. */
function leave(config: Kubeconfig, left: NamedContext): readonly CopiedEntry[] {
  if (left.entry.cluster !== CURRENT) return [copiedContext(left, { name: PREVIOUS })];
  return [
    copiedCluster(config, { from: CURRENT, name: PREVIOUS }),
    copiedContext(left, { name: PREVIOUS, set: { cluster: PREVIOUS } }),
  ];
}

function copiedContext({ name: from, entry }: NamedContext, copy: Pick<CopiedEntry, 'name' | 'set'>): CopiedEntry {
  return { list: 'contexts', from, file: entry.file, ...copy };
}

function copiedCluster(config: Kubeconfig, copy: Pick<CopiedEntry, 'name' | 'from' | 'set'>): CopiedEntry {
  return { list: 'clusters', file: namedCluster(config, copy.from).file, ...copy };
}

function namedContext(config: Kubeconfig, name = ''): NamedContext {
  const entry = config.contexts.get(name);
  if (!entry) throw new CliError(`current "${name}" context not found`);
  return { name, entry };
}

function namedCluster(config: Kubeconfig, name: string): KubeconfigCluster {
  const cluster = config.clusters.get(name);
  if (!cluster) throw new CliError(`cluster "${name}" not found in kubeconfig`);
  return cluster;
}
