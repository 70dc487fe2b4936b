import {
  matchesLabels,
  objectAt,
  optionalObjectAt,
  selectorFromLabelSelector,
  textAt,
  type KubeObject,
} from '@kcp/api-machinery';
import { root } from '@kcp/logical-cluster';
import type { ObjectReader } from '@kcp/object-store';
import { shards } from '../buckets.ts';
import { UNSCHEDULABLE_ANNOTATION } from '../well-known.ts';

/** A shard that workspaces can be on. */
export interface Shard {
  readonly name: string;
  /** Where its users reach it, without a slash at the end. */
  readonly externalUrl: string;
  /** Where its virtual workspaces are, without a slash at the end; empty where it has none. */
  readonly virtualWorkspaceUrl: string;
  readonly region: string | undefined;
}

/** Why a workspace is on no shard. */
export interface NoShard {
  readonly why: string;
}

/** So many shards are looked at for one workspace. */
const MOST_SHARDS = 2_000;

/** A Shard object as what it says. */
export function shardOf(object: KubeObject): Shard {
  const spec = objectAt(object, 'spec');
  const url = textAt(spec, 'externalURL') || textAt(spec, 'baseURL');
  return {
    name: object.metadata.name ?? '',
    externalUrl: bare(url),
    virtualWorkspaceUrl: bare(textAt(spec, 'virtualWorkspaceURL') || textAt(spec, 'baseURL')),
    region: object.metadata.labels?.['region'],
  };
}

function bare(url: string): string {
  return url.replace(/\/+$/, '');
}

/** The shards that a Workspace's `spec.location` allows and that take new workspaces. */
export function shardsFor(store: Pick<ObjectReader, 'page'>, workspace: KubeObject): readonly Shard[] | NoShard {
  const selector = optionalObjectAt(objectAt(objectAt(workspace, 'spec'), 'location'), 'selector');
  let matches: (labels: Readonly<Record<string, string>>) => boolean = () => true;
  if (selector !== undefined) {
    try {
      const parsed = selectorFromLabelSelector(selector);
      matches = (labels) => matchesLabels(parsed, labels);
    } catch (error) {
      const said = error instanceof Error ? error.message : String(error);
      return { why: `spec.location.selector is invalid: ${said}` };
    }
  }
  const found = store
    .page({ bucket: shards.bucket, cluster: root, limit: MOST_SHARDS })
    .objects.map((stored) => stored.decode())
    .filter(({ metadata }) => metadata.annotations?.[UNSCHEDULABLE_ANNOTATION] === undefined)
    .filter(({ metadata }) => matches(metadata.labels ?? {}));
  if (found.length === 0) return { why: 'No available shards to schedule the workspace' };
  return found.map(shardOf);
}
