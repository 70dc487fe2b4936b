import { objectAt, textAt, type KubeObject } from '@kcp/api-machinery';
import { parseName, type LogicalCluster } from '@kcp/logical-cluster';
import { CLUSTER_ANNOTATION } from '../well-known.ts';
import { clusterNameOf } from './cluster-name.ts';

/** The logical cluster that was made for a Workspace, or is to be: known from its uid before the Workspace says it. */
export function clusterOfWorkspace(workspace: KubeObject): LogicalCluster | undefined {
  const said = textAt(objectAt(workspace, 'spec'), 'cluster') || workspace.metadata.annotations?.[CLUSTER_ANNOTATION];
  if (said !== undefined && said !== '') return parseName(said);
  const { uid = '' } = workspace.metadata;
  return uid === '' ? undefined : clusterNameOf(uid);
}
