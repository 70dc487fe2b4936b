import { describe, expect, it } from '@jest/globals';
import type { Catalog, ClusterCatalog, ServedGroup, ServedResource } from '@kcp/apiserver';
import { parseName, type LogicalCluster } from '@kcp/logical-cluster';
import { constantCatalog, layeredCatalog } from './catalog.ts';

const cluster = parseName('one') ?? ('' as never);

function group(name: string, resource: string): ServedGroup {
  const gvr = { group: name, version: 'v1', resource };
  const served = { gvr, kind: resource } as unknown as ServedResource;
  return { group: name, origin: 'builtin', versions: [{ version: 'v1', resources: [served] }] };
}

/** A catalog that differs between logical clusters, and counts how often it is asked for one. */
function varying(everywhere: readonly ServedGroup[], here: readonly ServedGroup[]) {
  const asked: LogicalCluster[] = [];
  const alike = constantCatalog(everywhere);
  const all = constantCatalog([...everywhere, ...here]);
  const of = (name: LogicalCluster): ClusterCatalog => {
    asked.push(name);
    return all.of(name);
  };
  const catalog: Catalog = {
    of,
    across: (...named) => all.across(...named),
    everywhere: (...named) => alike.across(...named),
  };
  return { asked, catalog };
}

describe('two catalogs as one', () => {
  it('find what every logical cluster has without looking into one', () => {
    const { asked, catalog } = varying(
      [group('core.kcp.io', 'logicalclusters')],
      [group('tenancy.kcp.io', 'workspaces')],
    );
    const layered = layeredCatalog(constantCatalog([group('', 'namespaces')]), catalog);
    expect(layered.everywhere?.('', 'v1', 'namespaces')?.kind).toBe('namespaces');
    expect(layered.everywhere?.('core.kcp.io', 'v1', 'logicalclusters')?.kind).toBe('logicalclusters');
    expect(layered.everywhere?.('tenancy.kcp.io', 'v1', 'workspaces')).toBeUndefined();
    expect(asked).toEqual([]);
    expect(layered.of(cluster).find('tenancy.kcp.io', 'v1', 'workspaces')?.kind).toBe('workspaces');
    expect(asked).toEqual([cluster]);
  });
});
