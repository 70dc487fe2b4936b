import { formatClusterUrl } from '../cluster-url.ts';
import type { WorkspaceTypeReference } from '../kinds.ts';
import { enterWorkspace, swapWorkspaces } from '../kubeconfig/workspace-contexts.ts';
import { currentWorkspace, type Session } from '../session.ts';
import { hasDots, resolveWorkspacePath, topOf } from '../workspace-path.ts';
import { sayCurrent, type Shortness } from './current.ts';
import { homePath } from './home.ts';
import { warnOfClaims } from './permission-claims.ts';
import { reachWorkspace } from './reach.ts';

/** What `ws use` is told. */
export interface UseRequest extends Shortness {
  /** `a`, `a:b`, `:root:a`, `..`, `-`, `.`, `:`, `~`; empty for home. */
  readonly word: string;
}

const ROOT_NOTE =
  "Note: Using 'root:' to define an absolute path is no longer supported. Instead, use ':root' to specify an absolute path.";
const HOME_NOTE =
  "Note: 'kubectl ws' now matches 'cd' semantics: go to home workspace. 'kubectl ws -' to go back. 'kubectl ws .' to print current workspace.";

/**
 * `ws use`: goes to a workspace, which is to write it into the kubeconfig. Rejects, nothing written, where there is no such workspace
 * or no way in.
 */
export async function useCommand(session: Session, request: UseRequest): Promise<void> {
  const word = readWord(session, request);
  if (word === '-') return goBack(session, request);
  if (word === '.') return sayCurrent(session, { server: session.server, short: request.short });
  if (word === ':') {
    const { base, path } = currentWorkspace(session);
    return enter(session, { server: formatClusterUrl({ base, path: topOf(path) }), short: request.short });
  }
  const home = word === '~' || word.startsWith('~:');
  await goTo(session, home ? `:${await homePath(session)}${word.slice(1)}` : word, request);
  if (request.word === '' && !request.short) session.output.note(HOME_NOTE);
}

/** The word with colons for slashes, as if a shell had not put the home folder in the place of `~`. */
function readWord({ home, output }: Session, { word, short }: UseRequest): string {
  if (word === '') return '~';
  const unfolded = home !== '' && (word === home || word.startsWith(`${home}/`)) ? `~${word.slice(home.length)}` : word;
  const steps = unfolded.replaceAll('/', ':');
  // what once was an absolute path; a prompt that wants one line gets no note
  if (steps !== 'root' && (short || !steps.startsWith('root:'))) return steps;
  output.note(ROOT_NOTE);
  return `:${steps}`;
}

async function goTo(session: Session, word: string, { word: asked, short }: UseRequest): Promise<void> {
  const { base, path: current } = currentWorkspace(session);
  const path = resolveWorkspacePath(current, word, asked);
  const absolute = word.startsWith(':') ? word.slice(1) : `${current}:${word}`;
  // through dots the parent is not asked: its answer would be about another workspace
  const sought = { path, asked: absolute, withType: !hasDots(word) };
  const type = await reachWorkspace(session.client, sought);
  await enter(session, { server: formatClusterUrl({ base, path }), short, type });
}

async function enter(
  session: Session,
  { server, short, type }: Shortness & { readonly server: string; readonly type?: WorkspaceTypeReference | undefined },
): Promise<void> {
  await session.save(enterWorkspace(session.config, { server, context: session.context }));
  await warnOfClaims(session, server);
  sayCurrent(session, { server, short, type });
}

async function goBack(session: Session, { short }: Shortness): Promise<void> {
  const { server, ...change } = swapWorkspaces(session.config);
  await session.save(change);
  await warnOfClaims(session, server);
  sayCurrent(session, { server, short });
}
