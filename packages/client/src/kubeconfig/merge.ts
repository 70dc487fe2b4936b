import type { Kubeconfig } from './kubeconfig.ts';

/** One kubeconfig of several: what an earlier one says comes before what a later one says, entry by entry. */
export function mergeKubeconfigs(configs: readonly Kubeconfig[]): Kubeconfig {
  return {
    currentContext: configs.find(({ currentContext }) => currentContext !== undefined)?.currentContext,
    clusters: mergeEntries(configs.map(({ clusters }) => clusters)),
    users: mergeEntries(configs.map(({ users }) => users)),
    contexts: mergeEntries(configs.map(({ contexts }) => contexts)),
  };
}

function mergeEntries<T>(maps: readonly ReadonlyMap<string, T>[]): ReadonlyMap<string, T> {
  const merged = new Map<string, T>();
  for (const map of maps) {
    for (const [name, entry] of map) if (!merged.has(name)) merged.set(name, entry);
  }
  return merged;
}
