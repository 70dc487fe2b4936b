import type { AdmissionAttributes, AdmissionPlugin } from '@kcp/admission';
import { forbiddenResource } from '@kcp/api-machinery';
import type { Authorizer } from '@kcp/auth';
import { parsePath } from '@kcp/logical-cluster';
import type { ObjectReader } from '@kcp/object-store';
import { resolvePath, workspaces } from '@kcp/tenancy';
import { inheritFrom } from './inherited-from.ts';

/** What inheritance is checked with. */
export interface InheritanceChecks {
  readonly store: Pick<ObjectReader, 'get'>;
  readonly authorize: Authorizer;
}

/**
 * A workspace inherits only from where its writer may list the definitions: else their schemas could be read that way. Whether there
 * is such a workspace is not told to others.
 */
export function inheritanceAdmission(checks: InheritanceChecks): AdmissionPlugin {
  return {
    name: 'tenancy.kcp.io/WorkspaceInheritance',
    validate: async (attributes) => {
      const { resource, object, oldObject, subresource } = attributes;
      const isWorkspace =
        resource.group === workspaces.bucket.group && resource.resource === workspaces.bucket.resource;
      if (!isWorkspace || object === undefined || subresource !== '') return;
      const path = inheritFrom(object);
      if (path === '' || (oldObject !== undefined && inheritFrom(oldObject) === path)) return;
      if (await mayInherit(checks, attributes, path)) return;
      const why = `spec.inheritFrom: no permission to list the custom resource definitions of ${path}`;
      throw forbiddenResource(resource, object.metadata.name ?? '', why);
    },
  };
}

async function mayInherit(
  { store, authorize }: InheritanceChecks,
  { user }: AdmissionAttributes,
  text: string,
): Promise<boolean> {
  const path = parsePath(text);
  const cluster = path && resolvePath(store, path);
  if (cluster === undefined) return false;
  const decision = await authorize({
    kind: 'resource',
    user,
    cluster,
    verb: 'list',
    group: 'apiextensions.k8s.io',
    version: 'v1',
    resource: 'customresourcedefinitions',
    subresource: '',
    namespace: '',
    name: '',
  });
  return decision.kind === 'allow';
}
