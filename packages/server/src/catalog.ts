import { createHash } from 'node:crypto';
import type { Catalog, ClusterCatalog, ServedGroup, ServedResource } from '@kcp/apiserver';

/** What every logical cluster serves alike. */
export function constantCatalog(groups: readonly ServedGroup[]): Catalog {
  const resources = index(groups);
  const tag = createHash('sha256')
    .update([...resources.keys()].join('\n'))
    .digest('base64url');
  const find = (group: string, version: string, resource: string): ServedResource | undefined =>
    resources.get(keyOf(group, version, resource));
  const everywhere: ClusterCatalog = { tag, groups, find };
  return { of: () => everywhere, across: find, everywhere: find };
}

/** Two catalogs as one: where both serve a resource, it is the first one's; what the first one has needs no look at the second. */
export function layeredCatalog(first: Catalog, second: Catalog): Catalog {
  return {
    of: (cluster) => new LayeredCatalog(first.of(cluster), () => second.of(cluster)),
    across: (group, version, resource) =>
      first.across(group, version, resource) ?? second.across(group, version, resource),
    // the second's counts only as long as the first has nothing in some logical clusters only: built-ins come first
    everywhere: (group, version, resource) =>
      first.everywhere?.(group, version, resource) ?? second.everywhere?.(group, version, resource),
    prepare: (cluster, what) => {
      const [one, other] = [first.prepare?.(cluster, what), second.prepare?.(cluster, what)];
      return one && other ? Promise.all([one, other]).then(() => undefined) : (one ?? other);
    },
  };
}

class LayeredCatalog implements ClusterCatalog {
  readonly #first: ClusterCatalog;
  readonly #find: () => ClusterCatalog;
  #found: ClusterCatalog | undefined;

  constructor(first: ClusterCatalog, second: () => ClusterCatalog) {
    this.#first = first;
    this.#find = second;
  }

  /** Looked for once, so that all that is asked of this value is about the same state. */
  get #second(): ClusterCatalog {
    return (this.#found ??= this.#find());
  }

  get tag(): string {
    return `${this.#first.tag} ${this.#second.tag}`;
  }

  get groups(): readonly ServedGroup[] {
    const [first, second] = [this.#first.groups, this.#second.groups];
    return second.length === 0 ? first : merge(first, second);
  }

  find(group: string, version: string, resource: string): ServedResource | undefined {
    return this.#first.find(group, version, resource) ?? this.#second.find(group, version, resource);
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
