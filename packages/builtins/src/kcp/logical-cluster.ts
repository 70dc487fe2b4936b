import type { KubeObject } from '@kcp/api-machinery';
import { forbiddenResource } from '@kcp/api-machinery';
import { kindTable } from '@kcp/apis';
import type { ServedResource, WriteContext } from '@kcp/apiserver';
import { LOGICAL_CLUSTER_ADMIN, MASTERS } from '@kcp/auth';
import { builtinResource } from '../builtin-resource.ts';
import { age, column, nameColumn } from '../columns.ts';
import { objectAt, textAt } from '../fields.ts';
import { keepField } from '../generation.ts';

const RESOURCE = { group: 'core.kcp.io', resource: 'logicalclusters' };
/** The only name that a LogicalCluster has. */
const NAME = 'cluster';

function refuseUnlessAdmin({ user, name }: WriteContext, object: KubeObject, why: string): void {
  if (user.groups.includes(MASTERS) || user.groups.includes(LOGICAL_CLUSTER_ADMIN)) return;
  throw forbiddenResource(RESOURCE, object.metadata.name ?? name, why);
}

function statusText(object: KubeObject, field: string): string {
  return textAt(objectAt(object, 'status'), field);
}

/** core.kcp.io/v1alpha1 logicalclusters: the object `cluster` of each logical cluster, which only the server makes. */
export function logicalClusters(): ServedResource {
  return builtinResource({
    table: kindTable(RESOURCE.group, 'LogicalCluster'),
    strategy: {
      nameErrors: (name) => (name === NAME ? [] : [`must be ${NAME}`]),
      prepareForCreate: (object) => ({ ...object, status: {} }),
      prepareForUpdate: (object, old) => keepField(object, old, 'status'),
      authorizeCreate: (object, context) => refuseUnlessAdmin(context, object, 'LogicalCluster cannot be created'),
      validateDelete: (object, context) => {
        if (objectAt(object, 'spec')['directlyDeletable'] === true) return;
        refuseUnlessAdmin(context, object, 'LogicalCluster cannot be deleted');
      },
    },
    subresources: {
      status: { kind: 'part', strategy: { prepareForUpdate: (object, old) => keepField(object, old, 'spec') } },
    },
    resetFields: { '': ['status'], status: ['metadata', 'spec'] },
    columns: [
      nameColumn,
      column('Phase', 'Where the logical cluster is in its life.', (object) => statusText(object, 'phase')),
      column('URL', 'Where the logical cluster is served.', (object) => statusText(object, 'URL')),
      column(
        'Age',
        'Time at which the object was created.',
        (object, now) => age(object.metadata.creationTimestamp, now),
        {
          type: 'date',
        },
      ),
    ],
  });
}
