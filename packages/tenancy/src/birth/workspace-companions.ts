import { objectAt, optionalObjectAt } from '@kcp/api-machinery';
import type { Born, Companions, PreparedWrite } from '@kcp/apiserver';
import { workspaces } from '../buckets.ts';
import { describeWorkspace } from '../controllers/describe-workspace.ts';
import type { Birth, WorkspaceReference } from './birth.ts';
import { conceive, prepareBirth, type BirthDeps } from './give-birth.ts';

/**
 * A Workspace that can be scheduled at once is made together with its logical cluster, in one commit, which also says of it what the controller
 * would: where nothing else has to be waited for, it is Ready as soon as it is there.
 */
export function workspaceCompanions(deps: BirthDeps): Companions {
  return {
    of: ({ resource, subresource, context }, created) => {
      const { object } = created;
      const { group, resource: plural } = resource.gvr;
      const isWorkspace = group === workspaces.bucket.group && plural === workspaces.bucket.resource;
      if (!isWorkspace || subresource !== '') return undefined;
      if (optionalObjectAt(objectAt(object, 'spec'), 'mount') !== undefined) return undefined;
      const birth = conceive(deps, context.cluster, object);
      return 'kind' in birth ? undefined : born(deps, birth, created);
    },
  };
}

async function born(
  deps: BirthDeps,
  birth: Birth & { owner: WorkspaceReference },
  created: PreparedWrite,
): Promise<Born> {
  const writes = await prepareBirth(deps, birth);
  const [first] = writes;
  if (first === undefined) return { writes, sequels: [] };
  const { cluster, shard, path, owner } = birth;
  const housed = { cluster, logicalCluster: first.object, shard, path, now: deps.now() };
  const address = { cluster: owner.cluster, namespace: '', name: owner.name, resource: workspaces.resource };
  const sequel = await deps.writer.prepareSequel(address, created, (object) => describeWorkspace(object, housed));
  return { writes, sequels: sequel ? [sequel] : [] };
}
