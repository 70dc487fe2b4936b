import type { AdmissionPlugin } from '@kcp/admission';
import { effectiveUsers, EXTERNAL_LOGICAL_CLUSTER_ADMIN, KCP_ADMIN, LOGICAL_CLUSTER_ADMIN, MASTERS } from '@kcp/auth';
import { REQUIRED_GROUPS_ANNOTATION, type UserInfo } from '@kcp/auth';
import type { LogicalCluster } from '@kcp/logical-cluster';
import { logicalClusters } from '../buckets.ts';
import { INACTIVE_ANNOTATIONS } from '../well-known.ts';
import { isAbout, refused } from './subject.ts';

const GUARDED = [REQUIRED_GROUPS_ANNOTATION, ...INACTIVE_ANNOTATIONS];
const ADMINISTRATORS: ReadonlySet<string> = new Set([
  MASTERS,
  KCP_ADMIN,
  LOGICAL_CLUSTER_ADMIN,
  EXTERNAL_LOGICAL_CLUSTER_ADMIN,
]);

/**
 * Who is kept out of a logical cluster, and whether it is closed, is for those to say who administer all of them. The administrators
 * of a workspace could otherwise let in whom those above them keep out, open what was closed to them, and end other people's
 * watches. kcp guards what a Workspace is made with, and nothing after that.
 */
export function guardedAnnotations(): AdmissionPlugin {
  return {
    name: 'kcp.io/GuardedAnnotations',
    validate: (attributes) => {
      const { object, oldObject, operation, user, cluster } = attributes;
      if (operation !== 'UPDATE' || !isAbout(attributes, logicalClusters)) return;
      const [now, before] = [object, oldObject].map((each) => each?.metadata.annotations ?? {});
      const changed = GUARDED.find((name) => now?.[name] !== before?.[name]);
      if (changed === undefined || isAdministrator(user, cluster)) return;
      throw refused(attributes, `annotation ${changed} is for system administrators to change`);
    },
  };
}

function isAdministrator(user: UserInfo, cluster: LogicalCluster): boolean {
  return effectiveUsers(user, cluster).some(({ groups }) => groups.some((group) => ADMINISTRATORS.has(group)));
}
