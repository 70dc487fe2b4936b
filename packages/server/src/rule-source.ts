import { decodeBinding, decodeRole, type Binding, type Role, type RuleSource } from '@kcp/auth';
import type { LogicalCluster } from '@kcp/logical-cluster';
import type { Bucket, ObjectReader, StoredObject } from '@kcp/object-store';

const GROUP = 'rbac.authorization.k8s.io';
const clusterRoles: Bucket = { group: GROUP, resource: 'clusterroles' };
const clusterRoleBindings: Bucket = { group: GROUP, resource: 'clusterrolebindings' };
const roles: Bucket = { group: GROUP, resource: 'roles' };
const roleBindings: Bucket = { group: GROUP, resource: 'rolebindings' };
const ALL: readonly Bucket[] = [clusterRoles, clusterRoleBindings, roles, roleBindings];

/** Reads roles and bindings from the store; auth keeps what it makes of them by generation. */
export function ruleSource(store: Pick<ObjectReader, 'get' | 'page' | 'generation'>): RuleSource {
  const role = (bucket: Bucket, cluster: LogicalCluster, at: { namespace: string; name: string }): Role | undefined => {
    const stored = store.get(bucket, { cluster, ...at });
    return stored && decodeRole(stored.decode());
  };
  return {
    generation: (cluster) => {
      let newest = 0;
      for (const bucket of ALL) newest = Math.max(newest, store.generation({ bucket, cluster }));
      return newest;
    },
    clusterRoleBindings: (cluster) => bindings(store, clusterRoleBindings, { cluster, namespace: '' }),
    roleBindings: (cluster, namespace) => bindings(store, roleBindings, { cluster, namespace }),
    clusterRole: (cluster, name) => role(clusterRoles, cluster, { namespace: '', name }),
    role: (cluster, namespace, name) => role(roles, cluster, { namespace, name }),
  };
}

function bindings(
  store: Pick<ObjectReader, 'page'>,
  bucket: Bucket,
  { cluster, namespace }: { cluster: LogicalCluster; namespace: string },
): readonly Binding[] {
  const found: StoredObject[] = [];
  let after: string | undefined;
  do {
    const page = store.page({ bucket, cluster, namespace, limit: 500, ...(after !== undefined && { after }) });
    found.push(...page.objects);
    after = page.next;
  } while (after !== undefined);
  return found.flatMap((stored) => decodeBinding(stored.decode()) ?? []);
}
