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

/** The shard of a name, where it takes new workspaces and a Workspace's `spec.location` allows it. */
export function shardFor(store: Pick<ObjectReader, 'get'>, workspace: KubeObject, name: string): Shard | NoShard {
  const selector = optionalObjectAt(objectAt(objectAt(workspace, 'spec'), 'location'), 'selector');
  const object = store.get(shards.bucket, { cluster: root, namespace: '', name })?.decode();
  try {
    const { labels = {}, annotations = {} } = object?.metadata ?? {};
    const isMeant = selector === undefined || matchesLabels(selectorFromLabelSelector(selector), labels);
    const isOpen = annotations[UNSCHEDULABLE_ANNOTATION] === undefined;
    return object && isMeant && isOpen ? shardOf(object) : NONE;
  } catch (error) {
    const said = error instanceof Error ? error.message : String(error);
    return { why: `spec.location.selector is invalid: ${said}` };
  }
}

const NONE: NoShard = { why: 'No available shards to schedule the workspace' };
