import { surfacesByName, type Catalog, type ResolvePath, type Surfaces } from '@kcp/apiserver';
import { bootstrapPolicy, withFixedPolicy, type Authorizer } from '@kcp/auth';
import { systemAdmin } from '@kcp/logical-cluster';
import type { ObjectReader } from '@kcp/object-store';
import { clusterLookup } from '@kcp/tenancy';
import { initializing, lifecycleSurface, terminating, workspacesSurface } from '@kcp/virtual-workspaces';
import { ruleSource } from './rule-source.ts';

/** What surfaces are made of. */
export interface SurfaceParts {
  readonly store: ObjectReader;
  readonly catalog: Catalog;
  readonly authorize: Authorizer;
  readonly resolvePath: ResolvePath;
}

/** What is served below `/services/`. */
export function surfaces(parts: SurfaceParts): Surfaces {
  return surfacesByName([
    lifecycleSurface(initializing, parts),
    lifecycleSurface(terminating, parts),
    workspacesSurface({
      ...parts,
      rules: (store) => withFixedPolicy(ruleSource(store), systemAdmin, bootstrapPolicy()),
      logicalCluster: clusterLookup,
    }),
  ]);
}
