import { readFile } from 'node:fs/promises';
import { delimiter, join, resolve } from 'node:path';
import { parseKubeconfig } from './decode.ts';
import { KubeconfigError } from './kubeconfig-error.ts';
import type { Kubeconfig } from './kubeconfig.ts';
import { mergeKubeconfigs } from './merge.ts';
import { codeOf } from '../thrown.ts';

/** Where kubeconfig files are looked for. */
export interface KubeconfigFiles {
  /** In the order of their precedence. */
  readonly paths: readonly string[];
  /** True where a file that is not there is an error: one that somebody named. */
  readonly required: boolean;
}

/** What decides which files those are. */
export interface KubeconfigSources {
  /** A file named by the user (`--kubeconfig`); nothing else is read then. */
  readonly explicit?: string | undefined;
  /** The value of the variable KUBECONFIG: paths, separated as in PATH. */
  readonly variable?: string | undefined;
  /** The home folder, whose `.kube/config` is read where nothing else is said. */
  readonly home: string;
}

/** The files that kubectl would read. */
export function kubeconfigFiles({ explicit, variable, home }: KubeconfigSources): KubeconfigFiles {
  if (explicit) return { paths: [resolve(explicit)], required: true };
  const named = (variable ?? '').split(delimiter).filter((path) => path !== '');
  if (named.length > 0) return { paths: [...new Set(named.map((path) => resolve(path)))], required: false };
  return { paths: [join(home, '.kube', 'config')], required: false };
}

/**
 * Reads kubeconfig files and merges them: the first to name a cluster, a user, a context or the current context wins. Files
 * that are not there are left out unless they are required. Throws KubeconfigError, which names the file.
 */
export async function loadKubeconfig({ paths, required }: KubeconfigFiles): Promise<Kubeconfig> {
  const texts = await Promise.all(paths.map((path) => readText(path, required)));
  return mergeKubeconfigs(texts.flatMap((text, at) => (text === undefined ? [] : [parseKubeconfig(text, paths[at])])));
}

async function readText(path: string, required: boolean): Promise<string | undefined> {
  try {
    return await readFile(path, 'utf8');
  } catch (error) {
    const code = codeOf(error) || 'unreadable';
    if (code === 'ENOENT' && !required) return undefined;
    throw new KubeconfigError(`cannot be read (${code})`, { file: path }, error);
  }
}
