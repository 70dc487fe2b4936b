import type { Json, JsonObject, KubeObject } from '@kcp/api-machinery';
import { BATTERY, CREATE_ONLY } from './root-content-annotations.ts';

/** The battery with which there are more types than those that are needed. */
export const WORKSPACE_TYPES = 'workspace-types';

function inRoot(name: string): JsonObject {
  return { name, path: 'root' };
}

const extend = { with: [inRoot('universal')] };
const defaultChildWorkspaceType = inRoot('universal');

function workspaceType(name: string, spec: Json, annotations?: Readonly<Record<string, string>>): KubeObject {
  const metadata = annotations === undefined ? { name } : { name, annotations };
  return { apiVersion: 'tenancy.kcp.io/v1alpha1', kind: 'WorkspaceType', metadata, spec };
}

const OPTIONAL = { [BATTERY]: WORKSPACE_TYPES };

/** The WorkspaceTypes of root. The one of root itself has organizations as children where there are such. */
export function rootWorkspaceTypes(batteries: ReadonlySet<string>): readonly KubeObject[] {
  const children = batteries.has(WORKSPACE_TYPES) && { defaultChildWorkspaceType: inRoot('organization') };
  return [
    workspaceType('universal', {
      initializer: true,
      defaultAPIBindings: ['tenancy.kcp.io', 'topology.kcp.io'].map((name) => ({ path: 'root', export: name })),
    }),
    workspaceType('root', { ...children, limitAllowedParents: { none: true }, extend }, { [CREATE_ONLY]: 'true' }),
    workspaceType('home', { extend, defaultChildWorkspaceType, limitAllowedParents: { none: true } }),
    workspaceType(
      'organization',
      {
        extend,
        defaultChildWorkspaceType,
        limitAllowedChildren: { types: [inRoot('universal')] },
        limitAllowedParents: { types: [inRoot('root')] },
      },
      OPTIONAL,
    ),
    workspaceType(
      'team',
      {
        extend,
        defaultChildWorkspaceType,
        limitAllowedParents: { types: [inRoot('organization'), inRoot('team')] },
      },
      OPTIONAL,
    ),
  ];
}
