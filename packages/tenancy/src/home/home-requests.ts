import { ApiError, objectAt, textAt, textsAt, type JsonObject, type KubeObject } from '@kcp/api-machinery';
import {
  commitAll,
  negotiate,
  respondText,
  respondValue,
  type Exchange,
  type Foregone,
  type ResourceRequest,
} from '@kcp/apiserver';
import { forbiddenError, isServiceAccount, type Attributes, type Authorizer } from '@kcp/auth';
import type { Response } from '@kcp/http';
import { root } from '@kcp/logical-cluster';
import type { ObjectWriter } from '@kcp/object-store';
import { prepareBirth, type BirthDeps } from '../birth/give-birth.ts';
import { workspaces } from '../buckets.ts';
import { homeClusterName } from '../cluster/cluster-name.ts';
import { phaseOf, storedLogicalCluster } from '../cluster/logical-cluster.ts';
import { conceiveHome } from './home-of.ts';

/** What homes are found and made with. */
export interface HomeDeps {
  readonly store: ObjectWriter;
  readonly birth: BirthDeps;
  readonly authorize: Authorizer;
}

/** The name that stands for the home of who asks. */
const HOME = '~';

/** Seconds after which a client asks again for a home that is being made. */
const RETRY_AFTER = '1';

/** What kcp says where it lets nobody in. */
const REFUSED = 'workspace access not permitted';

/**
 * Answers `GET workspaces/~` in root: with the home of who asks, which is made where there is none and they may `create` it. It is
 * answered before authorization: nobody needs to be let into root to see their home (kcp's WithHomeWorkspaces). Service accounts have
 * none: those of different logical clusters have the same names.
 */
export function homeRequests(deps: HomeDeps): Foregone {
  return (exchange) => {
    const { info, cluster, user } = exchange;
    if (cluster !== root || info.kind !== 'resource' || info.name !== HOME) return undefined;
    return isHomeRequest(info) && !isServiceAccount(user.name) ? answer(deps, exchange) : undefined;
  };
}

function isHomeRequest({ verb, group, resource, subresource }: ResourceRequest): boolean {
  const { bucket } = workspaces;
  return verb === 'get' && group === bucket.group && resource === bucket.resource && subresource === '';
}

async function answer(deps: HomeDeps, exchange: Exchange): Promise<Response> {
  await deps.store.synced();
  const { format, pretty } = negotiate(exchange.request.header('accept'), 'object');
  const home = stored(deps, exchange) ?? (await make(deps, exchange));
  const phase = phaseOf(home);
  if (phase === 'Scheduling' || phase === 'Initializing') {
    const { headers, ...told } = respondText(exchange, 429, 'Creating the home workspace\n');
    return { ...told, headers: { ...headers, 'retry-after': RETRY_AFTER } };
  }
  const name = homeClusterName(exchange.user.name);
  return respondValue(exchange, { status: 200, value: homeWorkspace(home, name), format, pretty });
}

function stored({ store }: HomeDeps, { user }: Exchange): KubeObject | undefined {
  return storedLogicalCluster(store, homeClusterName(user.name))?.decode();
}

/** Makes a home, in one commit. Where somebody else was faster, theirs counts: it is the same. */
async function make(deps: HomeDeps, exchange: Exchange): Promise<KubeObject> {
  const { group } = workspaces.bucket;
  const attributes: Attributes = {
    kind: 'resource',
    user: exchange.user,
    cluster: root,
    verb: 'create',
    group,
    version: '',
    resource: workspaces.bucket.resource,
    subresource: '',
    namespace: '',
    name: HOME,
  };
  const { kind } = await deps.authorize(attributes);
  if (kind !== 'allow') throw forbiddenError(attributes, REFUSED);
  const birth = conceiveHome(deps.birth, exchange.user);
  if ('kind' in birth) throw new ApiError('InternalError', `Internal error occurred: ${birth.why}`);
  await commitAll(deps.store, await prepareBirth(deps.birth, birth));
  const made = stored(deps, exchange);
  if (made) return made;
  throw new ApiError('InternalError', 'Internal error occurred: the home workspace was not made');
}

/** A home as the Workspace that it would be. */
function homeWorkspace({ metadata, ...object }: KubeObject, cluster: string): JsonObject {
  const status = objectAt({ ...object }, 'status');
  const { conditions } = status;
  const initializers = textsAt(status, 'initializers');
  const { group, version } = workspaces.resource;
  return {
    kind: 'Workspace',
    apiVersion: `${group}/${version}`,
    metadata: {
      name: metadata.name ?? '',
      ...(metadata.creationTimestamp !== undefined && { creationTimestamp: metadata.creationTimestamp }),
    },
    spec: { cluster, URL: textAt(status, 'URL') },
    status: {
      phase: textAt(status, 'phase'),
      ...(conditions !== undefined && { conditions }),
      ...(initializers.length > 0 && { initializers }),
    },
  };
}
