export {
  asName,
  base,
  child,
  parent,
  parseName,
  parsePath,
  parseScope,
  root,
  systemAdmin,
  urlPrefix,
  wildcard,
} from './logical-cluster.ts';
export type { ClusterPath, ClusterScope, LogicalCluster, Wildcard } from './logical-cluster.ts';
