import { ApiError } from '@kcp/api-machinery';
import { base, type ClusterPath } from '@kcp/logical-cluster';
import { CliError } from '../cli-error.ts';
import { parseClusterUrl } from '../cluster-url.ts';
import { kcpKinds, type Workspace } from '../kinds.ts';
import type { Session } from '../session.ts';
import { turns, type Turns } from '../turns.ts';
import { drawTree, type DrawnNode } from './tree-drawing.ts';

/** What `ws tree` is told. */
export interface TreeRequest {
  /** Whole paths instead of names. */
  readonly full: boolean;
  /** Also the phases, of the Workspace and of the logical cluster. */
  readonly wide: boolean;
}

/** What is said to who asks for kcp's full-screen browser of workspaces. */
export const NO_BROWSER =
  'the interactive browser (-i) is not supported: "kubectl ws tree" draws the workspaces, "kubectl ws <path>" goes to one';

/** Requests at once. */
const AT_ONCE = 8;

/** Levels that are followed; no path has more segments. */
const MAX_DEPTH = 64;

/** `ws tree`: draws the workspaces below the current one. */
export async function treeCommand(session: Session, request: TreeRequest): Promise<void> {
  const { output, server, client } = session;
  const here = parseClusterUrl(server);
  if (!here) return output.print(`current context URL "${server}" does not point directly to a kcp workspace`);
  const walk = new Walk(client, request);
  const name = request.full ? here.path : base(here.path);
  for (const line of drawTree([await walk.node({ name, path: here.path, phase: undefined, depth: 0 })]))
    output.print(line);
  // as kcp's own plugin ends it
  if (!request.wide) output.print('');
}

interface Place {
  readonly name: string;
  readonly path: ClusterPath;
  /** Of the Workspace object; undefined where nobody read it. */
  readonly phase: string | undefined;
  readonly depth: number;
}

class Walk {
  readonly #client: Session['client'];
  readonly #request: TreeRequest;
  readonly #turns: Turns = turns(AT_ONCE);

  constructor(client: Session['client'], request: TreeRequest) {
    this.#client = client;
    this.#request = request;
  }

  async node(place: Place): Promise<DrawnNode> {
    const { name, path, phase, depth } = place;
    const [state, children] = await Promise.all([
      this.#request.wide ? this.#turns(() => this.#phaseOf(path)) : '',
      depth < MAX_DEPTH ? this.#turns(() => this.#childrenOf(path)) : [],
    ]);
    const cells = this.#request.wide ? [name, `ws=${phase ?? '-'}`, `lc=${state}`] : [name];
    return { cells, children: await Promise.all(children.map((child) => this.#child(place, child))) };
  }

  async #child(parent: Place, { metadata, spec, status }: Workspace): Promise<DrawnNode> {
    const own = metadata.name ?? '';
    const name = this.#request.full ? `${parent.name}:${own}` : own;
    // what is mounted is another server's, and its URL may lead back here
    if (spec?.mount) return { cells: [`${name} [m]`], children: [] };
    const url = spec?.URL ?? '';
    const path = parseClusterUrl(url)?.path;
    if (path === undefined) throw new CliError(`current config context URL "${url}" does not point to workspace`);
    return this.node({ name, path, phase: status?.phase || undefined, depth: parent.depth + 1 });
  }

  async #childrenOf(path: ClusterPath): Promise<readonly Workspace[]> {
    try {
      const all = await Array.fromAsync(this.#client.cluster(path).of(kcpKinds.Workspace).items());
      // one that goes away may not be entered any more
      return all.filter(({ metadata }) => metadata.deletionTimestamp === undefined);
    } catch (error) {
      if (error instanceof ApiError && error.code === 404) return [];
      throw error;
    }
  }

  async #phaseOf(path: ClusterPath): Promise<string> {
    try {
      const cluster = await this.#client.cluster(path).of(kcpKinds.LogicalCluster).get('cluster');
      return cluster.status?.phase || 'Unknown';
    } catch (error) {
      if (error instanceof ApiError) return 'Unknown';
      throw error;
    }
  }
}
