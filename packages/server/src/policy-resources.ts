import type { ParamKind, PolicyResources } from '@kcp/admission';
import { parseApiVersion, type KubeObject } from '@kcp/api-machinery';
import type { Catalog, ClusterCatalog, ServedResource } from '@kcp/apiserver';
import type { StoredObject } from '@kcp/object-store';

/** What admission policies need to know of what a logical cluster serves: the kinds of parameters, and how configurations are merged. */
export function policyResources(catalog: Catalog): PolicyResources {
  const find = kindFinder();
  return {
    kind: async (cluster, kind) => {
      await catalog.prepare?.(cluster, 'all');
      const resource = find(catalog.of(cluster), kind);
      if (resource === undefined) return undefined;
      const { bucket, namespaced } = resource;
      return { bucket, namespaced, read: (rows) => read(resource, rows) };
    },
    fields: (cluster, { resource: { group, version, resource }, kind }) => {
      const served = catalog.of(cluster).find(group, version, resource);
      // a sub-resource of another kind, a Scale: its fields are owned one by one
      return served !== undefined && served.kind !== kind.kind ? { kind: 'deduced' } : served?.ownership?.schema();
    },
  };
}

/** Finds resources by kind; what was found is kept as long as the catalog is, what was not is looked for again. */
function kindFinder(): (catalog: ClusterCatalog, kind: ParamKind) => ServedResource | undefined {
  const known = new WeakMap<ClusterCatalog, Map<string, ServedResource>>();
  return (catalog, kind) => {
    const key = `${kind.apiVersion}/${kind.kind}`;
    const found = known.get(catalog)?.get(key) ?? resourceOf(catalog, kind);
    if (found) known.set(catalog, (known.get(catalog) ?? new Map<string, ServedResource>()).set(key, found));
    return found;
  };
}

function resourceOf(catalog: ClusterCatalog, { apiVersion, kind }: ParamKind): ServedResource | undefined {
  const parsed = parseApiVersion(apiVersion);
  const group = catalog.groups.find((candidate) => candidate.group === parsed?.group);
  const version = group?.versions.find((candidate) => candidate.version === parsed?.version);
  return version?.resources.find((resource) => resource.kind === kind && !resource.answer);
}

/** In the version of the resource: what is stored in another is converted, all of it at once. */
async function read(resource: ServedResource, rows: readonly StoredObject[]): Promise<readonly KubeObject[]> {
  const others = rows.filter(({ fingerprint }) => fingerprint !== resource.fingerprint);
  const converted = others.length === 0 ? [] : await resource.fromStored(others.map((row) => row.decode()));
  const found = new Map(others.map((row, at) => [row, converted[at]]));
  return rows.map((row) => found.get(row) ?? row.decode());
}
