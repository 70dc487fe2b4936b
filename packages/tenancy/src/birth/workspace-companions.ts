import { objectAt, optionalObjectAt } from '@kcp/api-machinery';
import type { Companions } from '@kcp/apiserver';
import { workspaces } from '../buckets.ts';
import { conceive, prepareBirth, type BirthDeps } from './give-birth.ts';

/** A Workspace that can be scheduled at once is made together with its logical cluster, in one commit. */
export function workspaceCompanions(deps: BirthDeps): Companions {
  return {
    of: ({ resource, subresource, context }, { object }) => {
      const { group, resource: plural } = resource.gvr;
      const isWorkspace = group === workspaces.bucket.group && plural === workspaces.bucket.resource;
      if (!isWorkspace || subresource !== '') return undefined;
      if (optionalObjectAt(objectAt(object, 'spec'), 'mount') !== undefined) return undefined;
      const birth = conceive(deps, context.cluster, object);
      return 'kind' in birth ? undefined : prepareBirth(deps, birth);
    },
  };
}
