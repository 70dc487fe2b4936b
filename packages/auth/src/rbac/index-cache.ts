import { systemAdmin } from '@kcp/logical-cluster';
import type { LogicalCluster } from '@kcp/logical-cluster';
import { LRUCache } from 'lru-cache';
import { indexBindings } from './binding-index.ts';
import type { BindingIndex } from './binding-index.ts';
import type { PolicyRule, RoleRef } from './objects.ts';
import type { RuleSource } from './rule-source.ts';

/** The indexes of one logical cluster as of one generation. */
interface ClusterIndexes {
  readonly own: unknown;
  readonly bootstrap: unknown;
  cluster: BindingIndex | undefined;
  readonly namespaces: Map<string, BindingIndex>;
  bytes: number;
}

/** Gives indexes of bindings, each as new as the generation of its roles and bindings. */
export interface IndexCache {
  /** The bindings of a logical cluster, or where a namespace is named, those of the namespace. */
  index(cluster: LogicalCluster, namespace: string): BindingIndex;
  /** The rules of a role as a binding in this place refers to it: the cluster's own first, then system:admin's. */
  rulesOf(cluster: LogicalCluster, namespace: string, ref: RoleRef): readonly PolicyRule[] | undefined;
}

/** Keeps indexes, at most so many bytes by estimate, of which no logical cluster holds more than a quarter. */
export function indexCache(source: RuleSource, maxBytes: number): IndexCache {
  const clusters = new LRUCache<LogicalCluster, ClusterIndexes>({ maxSize: maxBytes });
  const quarter = Math.floor(maxBytes / 4);

  const rulesOf: IndexCache['rulesOf'] = (cluster, namespace, { kind, name }) => {
    if (kind === 'ClusterRole')
      return (source.clusterRole(cluster, name) ?? source.clusterRole(systemAdmin, name))?.rules;
    if (kind !== 'Role' || namespace === '') return undefined;
    return (source.role(cluster, namespace, name) ?? source.role(systemAdmin, namespace, name))?.rules;
  };

  const current = (cluster: LogicalCluster): ClusterIndexes => {
    const own = source.generation(cluster);
    const bootstrap = source.generation(systemAdmin);
    const known = clusters.get(cluster);
    if (known?.own === own && known.bootstrap === bootstrap) return known;
    return { own, bootstrap, cluster: undefined, namespaces: new Map(), bytes: 0 };
  };

  const build = (cluster: LogicalCluster, namespace: string): BindingIndex => {
    const bindings = namespace === '' ? source.clusterRoleBindings(cluster) : source.roleBindings(cluster, namespace);
    return indexBindings(bindings, (ref) => rulesOf(cluster, namespace, ref));
  };

  const keep = (cluster: LogicalCluster, indexes: ClusterIndexes, namespace: string, index: BindingIndex): void => {
    if (index.bytes > quarter) return;
    if (indexes.bytes + index.bytes > quarter) {
      indexes.namespaces.clear();
      indexes.cluster = undefined;
      indexes.bytes = 0;
    }
    if (namespace === '') indexes.cluster = index;
    else indexes.namespaces.set(namespace, index);
    indexes.bytes += index.bytes;
    clusters.delete(cluster);
    clusters.set(cluster, indexes, { size: indexes.bytes });
  };

  return {
    rulesOf,
    index: (cluster, namespace) => {
      const indexes = current(cluster);
      const known = namespace === '' ? indexes.cluster : indexes.namespaces.get(namespace);
      if (known) return known;
      const index = build(cluster, namespace);
      keep(cluster, indexes, namespace, index);
      return index;
    },
  };
}
