import { CliError } from '../cli-error.ts';
import { addContext } from '../kubeconfig/workspace-contexts.ts';
import { currentWorkspace, type Session } from '../session.ts';

/** What `ws create-context` is told. */
export interface CreateContextRequest {
  /** The context's name; the workspace's path where it is empty. */
  readonly name: string;
  /** Replaces a context of that name. */
  readonly overwrite: boolean;
  /** Does not make it the current one. */
  readonly keepCurrent: boolean;
  /** The workspace's URL; the current one's where left out. */
  readonly server?: string | undefined;
}

/** `ws create-context`: makes a context that stays with a workspace wherever one goes. */
export async function createContextCommand(session: Session, request: CreateContextRequest): Promise<void> {
  const { config, context, output } = session;
  const { overwrite, keepCurrent } = request;
  const here = currentWorkspace(session);
  const name = request.name || here.path;
  const known = config.contexts.has(name);
  if (known && !overwrite)
    throw new CliError(`context "${name}" already exists in kubeconfig, use --overwrite to update it`);
  const server = request.server ?? session.server;
  await session.save(addContext(config, { name, server, context, keepCurrent }));
  const switched = !keepCurrent && config.currentContext !== name;
  output.print(`${known ? 'Updated' : 'Created'} context "${name}"${switched ? ' and switched to it' : ''}.`);
}
