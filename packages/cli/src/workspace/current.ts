import { parseClusterUrl } from '../cluster-url.ts';
import type { WorkspaceTypeReference } from '../kinds.ts';
import type { Session } from '../session.ts';

/** How much is said. */
export interface Shortness {
  /** Only the path, for a shell's prompt; nothing outside of workspaces. */
  readonly short: boolean;
}

/** `ws current`, `ws .`: says where one is. Asks no server. */
export function currentCommand(session: Session, { short }: Shortness): void {
  sayCurrent(session, { server: session.server, short });
}

/** Where somebody is. */
export interface CurrentPlace extends Shortness {
  readonly server: string;
  /** The workspace's type, where it is known. */
  readonly type?: WorkspaceTypeReference | undefined;
}

/** Says in which workspace one is now. */
export function sayCurrent({ output }: Pick<Session, 'output'>, { server, short, type }: CurrentPlace): void {
  const url = parseClusterUrl(server);
  if (!url) {
    if (!short) output.print(`Current workspace is the URL "${server}".`);
    return;
  }
  if (short) return output.print(url.path);
  output.print(`Current workspace is '${url.path}'${type ? ` (type ${formatType(type)})` : ''}.`);
}

/** A type as people write it: `root:organization`. */
export function formatType({ path = '', name }: WorkspaceTypeReference): string {
  return path === '' ? name : `${path}:${name}`;
}
