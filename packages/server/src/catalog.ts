import { createHash } from 'node:crypto';
import type { Catalog, ClusterCatalog, ServedGroup, ServedResource } from '@kcp/apiserver';

/** The built-in kinds, which are the same everywhere, and what a further catalog finds: built-ins come first in authority. */
export function layeredCatalog(builtins: readonly ServedGroup[], further: Catalog): Catalog {
  const fixed = index(builtins);
  const fixedTag = createHash('sha256')
    .update([...fixed.keys()].join('\n'))
    .digest('base64url');
  // weak: kept as long as the further catalog remembers its own
  const known = new WeakMap<ClusterCatalog, ClusterCatalog>();
  return {
    of: (cluster) => {
      const own = further.of(cluster);
      let layered = known.get(own);
      if (!layered) {
        layered = new LayeredCatalog({ builtins, fixed, fixedTag, own });
        known.set(own, layered);
      }
      return layered;
    },
    across: (group, version, resource) =>
      fixed.get(keyOf(group, version, resource)) ?? further.across(group, version, resource),
    prepare: (cluster, what) => further.prepare?.(cluster, what),
  };
}

interface Layers {
  readonly builtins: readonly ServedGroup[];
  readonly fixed: ReadonlyMap<string, ServedResource>;
  readonly fixedTag: string;
  readonly own: ClusterCatalog;
}

class LayeredCatalog implements ClusterCatalog {
  readonly #layers: Layers;

  constructor(layers: Layers) {
    this.#layers = layers;
  }

  get tag(): string {
    return `${this.#layers.fixedTag} ${this.#layers.own.tag}`;
  }

  get groups(): readonly ServedGroup[] {
    const { builtins, own } = this.#layers;
    const { groups } = own;
    return groups.length === 0 ? builtins : merge(builtins, groups);
  }

  find(group: string, version: string, resource: string): ServedResource | undefined {
    return this.#layers.fixed.get(keyOf(group, version, resource)) ?? this.#layers.own.find(group, version, resource);
  }
}

function keyOf(group: string, version: string, resource: string): string {
  return `${group}/${version}/${resource}`;
}

function index(groups: readonly ServedGroup[]): ReadonlyMap<string, ServedResource> {
  const found = new Map<string, ServedResource>();
  for (const { group, versions } of groups) {
    for (const { version, resources } of versions) {
      for (const resource of resources) found.set(keyOf(group, version, resource.gvr.resource), resource);
    }
  }
  return found;
}

/** Groups of both, those of the same name made one; where both have a version, its resources are put together. */
function merge(first: readonly ServedGroup[], second: readonly ServedGroup[]): readonly ServedGroup[] {
  const merged = new Map(first.map((group) => [group.group, group]));
  for (const group of second) {
    const known = merged.get(group.group);
    merged.set(group.group, known ? join(known, group) : group);
  }
  return [...merged.values()];
}

function join(known: ServedGroup, more: ServedGroup): ServedGroup {
  const versions = known.versions.map(({ version, resources }) => {
    const added = more.versions.find((candidate) => candidate.version === version)?.resources ?? [];
    const names = new Set(resources.map(({ gvr }) => gvr.resource));
    const all = [...resources, ...added.filter(({ gvr }) => !names.has(gvr.resource))];
    return { version, resources: all.sort((a, b) => (a.gvr.resource < b.gvr.resource ? -1 : 1)) };
  });
  const others = more.versions.filter(({ version }) =>
    known.versions.every((candidate) => candidate.version !== version),
  );
  return { ...known, versions: [...versions, ...others] };
}
