import { ApiError } from '@kcp/api-machinery';
import { CliError } from '../cli-error.ts';
import { kcpKinds, type Workspace, type WorkspaceTypeReference } from '../kinds.ts';
import { currentWorkspace, type Session } from '../session.ts';
import { createContextCommand } from './create-context.ts';
import { formatType } from './current.ts';
import { parseLocationSelector } from './location-selector.ts';
import { untilReady } from './until-ready.ts';
import { useCommand } from './use.ts';

/** What `ws create` is told; an empty text says nothing. */
export interface CreateRequest {
  readonly name: string;
  /** `root:organization`, or a name that the server looks for above the workspace. */
  readonly type: string;
  readonly enter: boolean;
  readonly ignoreExisting: boolean;
  /** Labels of the shards that will do. */
  readonly locationSelector: string;
  /** A context that is made for the new workspace. */
  readonly createContext: string;
}

/** How long a workspace may take to be ready, in milliseconds. */
const READY_MS = 60_000;

/** `ws create`: creates a workspace in the current one and waits until it is ready; then goes there, or makes a context, as told. */
export async function createCommand(session: Session, request: CreateRequest): Promise<void> {
  const location = parseLocationSelector(request.locationSelector);
  const { path } = currentWorkspace(session);
  const type = readType(request);
  const workspaces = session.client.cluster(path).of(kcpKinds.Workspace);
  const wanted: Workspace = {
    metadata: { name: request.name },
    spec: { ...(type && { type }), ...(location && { location: { selector: location } }) },
  };
  const made = await workspaces.create(wanted).catch(orUndefined(request.ignoreExisting && isAlreadyThere));
  const found = made ?? (await workspaces.get(request.name));
  const title = `Workspace "${request.name}"${found.spec?.type ? ` (type ${formatType(found.spec.type)})` : ''}`;
  const ready = found.status?.phase === 'Ready';
  if (made) session.output.print(`${title} created. Waiting for it to be ready...`);
  else {
    checkSameType(request.name, type, found.spec?.type);
    session.output.print(`${title} already exists.${ready ? '' : ' Waiting for it to be ready...'}`);
  }
  const workspace = ready
    ? found
    : await untilReady(workspaces, found, { output: session.output, patienceMs: READY_MS });
  session.output.print(`${title} is ready to use.`);
  await follow(session, request, { word: `:${path}:${request.name}`, workspace });
}

/** A workspace that is ready, and the word that leads there from anywhere: a name may be that of another way. */
interface Finished {
  readonly word: string;
  readonly workspace: Workspace;
}

async function follow(session: Session, request: CreateRequest, { word, workspace }: Finished): Promise<void> {
  const { createContext, enter, ignoreExisting } = request;
  if (createContext === '') return enter ? useCommand(session, { word, short: false }) : undefined;
  const server = workspace.spec?.URL;
  const context = { name: createContext, overwrite: ignoreExisting, keepCurrent: !enter, server };
  return createContextCommand(session, context).catch((error: unknown) => {
    throw error instanceof CliError ? new CliError(`failed to create context: ${error.message}`) : error;
  });
}

function readType({ type, ignoreExisting }: CreateRequest): WorkspaceTypeReference | undefined {
  if (type === '') return undefined;
  if (ignoreExisting && type !== 'root' && !type.startsWith('root:'))
    throw new CliError('--ignore-existing must not be used with non-absolute type path');
  const at = type.lastIndexOf(':');
  const name = type.slice(at + 1).toLowerCase();
  return at < 0 ? { name } : { name, path: type.slice(0, at) };
}

function checkSameType(
  name: string,
  wanted: WorkspaceTypeReference | undefined,
  found: WorkspaceTypeReference | undefined,
): void {
  if (!wanted || !found) return;
  if ((found.name === '' || found.name === wanted.name) && (found.path ?? '') === (wanted.path ?? '')) return;
  throw new CliError(
    `workspace "${name}" cannot be created with type ${formatType(wanted)}, it already exists with different type ${formatType(found)}`,
  );
}

function isAlreadyThere(error: unknown): boolean {
  return error instanceof ApiError && error.reason === 'AlreadyExists';
}

function orUndefined(expected: false | ((error: unknown) => boolean)): (error: unknown) => undefined {
  return (error) => {
    if (expected === false || !expected(error)) throw error;
  };
}
