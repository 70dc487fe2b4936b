import type { JsonObject } from '@kcp/api-machinery';
import {
  editKubeconfig,
  entryOf,
  withCurrentContext,
  withEntry,
  withoutEntry,
  type KubeconfigFiles,
} from '@kcp/client';
import { stat } from 'node:fs/promises';
import { CliError } from '../cli-error.ts';
import type { CopiedEntry, KubeconfigChange } from './kubeconfig-change.ts';

/**
 * Writes a change: each entry into the file that its original is in, the current context into the file that was named, else into the
 * first that exists (kubectl's rule). An entry of the same name in a file that comes first would hide the new one, so it goes. Each
 * file is written under kubectl's lock, whole or not at all. Rejects with KubeconfigError.
 */
export async function writeChange({ paths }: KubeconfigFiles, change: KubeconfigChange): Promise<void> {
  const first = await firstThatExists(paths);
  const target = ({ file }: CopiedEntry): string => file ?? first;
  // the first file comes last: it has the current context, which is to point to nothing that is not there yet
  for (const path of paths.toReversed()) {
    const own = change.entries.filter((entry) => target(entry) === path);
    const hiding = change.entries.filter((entry) => paths.indexOf(target(entry)) > paths.indexOf(path));
    const current = path === first ? change.currentContext : undefined;
    if (own.length === 0 && current === undefined && !(await hides(path, hiding))) continue;
    await editKubeconfig(path, (document) => {
      const copied = copyEntries(hiding.reduce(withoutHiding, document), document, own);
      return current === undefined ? copied : withCurrentContext(copied, current);
    });
  }
}

/** Whether a file has anything that would hide an entry; a file that is not there has not. */
async function hides(path: string, entries: readonly CopiedEntry[]): Promise<boolean> {
  return entries.length > 0 && (await exists(path));
}

function withoutHiding(document: JsonObject, { list, name }: CopiedEntry): JsonObject {
  return entryOf(document, list, name) === undefined ? document : withoutEntry(document, list, name);
}

/** Originals are read from the document as it was: two entries may change places. */
function copyEntries(document: JsonObject, before: JsonObject, entries: readonly CopiedEntry[]): JsonObject {
  return entries.reduce((changed, { list, name, from, set }) => {
    const content = entryOf(before, list, from);
    if (!content) throw new CliError(`${list.slice(0, -1)} "${from}" is not in the kubeconfig any more: try again`);
    return withEntry(changed, { list, name }, { ...content, ...set });
  }, document);
}

async function firstThatExists(paths: readonly string[]): Promise<string> {
  for (const path of paths) if (await exists(path)) return path;
  const [first] = paths;
  if (first === undefined) throw new CliError('there is no kubeconfig to write to');
  return first;
}

async function exists(path: string): Promise<boolean> {
  return stat(path).then(
    () => true,
    () => false,
  );
}
