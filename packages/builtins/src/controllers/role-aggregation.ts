import { unlessOvertaken } from '@kcp/apiserver';
import { asJson } from '@kcp/api-machinery';
import type { JsonObject, KubeObject } from '@kcp/api-machinery';
import type { Reconcile, ReconcileKey } from '@kcp/controller';
import { done } from '@kcp/controller';
import type { PolicyRule, Role } from '@kcp/auth';
import { aggregatedRules, decodeRole, sameRules } from '@kcp/auth';
import type { LogicalCluster } from '@kcp/logical-cluster';
import type { Bucket, FollowedChange } from '@kcp/object-store';
import type { ControllerReader, ReconcileDeps } from './deps.ts';

/** Where cluster roles are stored. */
export const clusterRoleBucket: Bucket = { group: 'rbac.authorization.k8s.io', resource: 'clusterroles' };

const PAGE = 500;

/** Any change of a role may change what others are made of: the key is the logical cluster. */
export function aggregationKeys({ object }: FollowedChange): readonly ReconcileKey[] {
  return [{ cluster: object.key.cluster, namespace: '', name: '' }];
}

function readRoles(store: ControllerReader, cluster: LogicalCluster): readonly Role[] {
  const roles: Role[] = [];
  let after: string | undefined;
  do {
    const page = store.page({ bucket: clusterRoleBucket, cluster, limit: PAGE, ...(after !== undefined && { after }) });
    for (const stored of page.objects) roles.push(decodeRole(asJson(stored.decode())));
    after = page.next;
  } while (after !== undefined);
  return roles;
}

function asObject({ verbs, apiGroups, resources, resourceNames, nonResourceURLs }: PolicyRule): JsonObject {
  return {
    verbs,
    ...(apiGroups && { apiGroups }),
    ...(resources && { resources }),
    ...(resourceNames && { resourceNames }),
    ...(nonResourceURLs && { nonResourceURLs }),
  };
}

/** Writes the rules of cluster roles that are made up of others (the ClusterRole aggregation controller). */
export function roleAggregation({ store, writer }: ReconcileDeps): Reconcile {
  return async ({ cluster }) => {
    const roles = readRoles(store, cluster);
    for (const role of roles) {
      const rules = aggregatedRules(role, roles);
      if (rules === undefined || sameRules(rules, role.rules)) continue;
      const address = { cluster, resource: { ...clusterRoleBucket, version: 'v1' }, namespace: '', name: role.name };
      const shown = rules.length === 0 ? null : rules.map(asObject);
      const write = (old: KubeObject): KubeObject => ('aggregationRule' in old ? { ...old, rules: shown } : old);
      await unlessOvertaken(writer.update(address, write));
    }
    return done;
  };
}
