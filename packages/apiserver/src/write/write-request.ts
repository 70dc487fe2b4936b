import type { AdmissionPlugin } from '@kcp/admission';
import { parseApiVersion, type KubeObject } from '@kcp/api-machinery';
import type { ObjectKey, ObjectWrite, ObjectWriter, StoredObject, WriteCondition } from '@kcp/object-store';
import type { WriteOptions } from '../request/query.ts';
import type { ServedResource, WriteContext } from '../served-resource.ts';
import type { Companions } from './companions.ts';
import type { Quota } from './quota.ts';
import type { Standing } from './standing.ts';

/** What the write path needs of the world around it. */
export interface WriteDeps {
  readonly store: ObjectWriter;
  /** Asked in this order. */
  readonly admission: readonly AdmissionPlugin[];
  /** Absent: nothing is counted. */
  readonly quota?: Quota;
  /** Absent: a create depends on its namespace only. */
  readonly standing?: Standing;
  /** Absent: every object is created alone. */
  readonly companions?: Companions;
  /** A number in [0, 1). */
  readonly random: () => number;
  readonly newUid: () => string;
}

/** A write that somebody asked for: by HTTP or, in process, a controller. */
export interface WriteRequest {
  readonly resource: ServedResource;
  readonly context: WriteContext;
  readonly options: WriteOptions;
  readonly subresource: string;
  /** Who owns what the write changes; absent where the object says so already, because it was applied. */
  readonly manager?: string;
  /** The object is too large with its managed fields and is stored without them. */
  readonly dropsManagedFields?: boolean;
}

/** A write on which every step of the write path has said what it had to say; `commitAll` makes it happen. */
export interface PreparedWrite {
  readonly write: ObjectWrite;
  readonly conditions: readonly WriteCondition[];
  /** The object as the answer shows it before it has a resourceVersion; of a dry run this is the answer. */
  readonly object: KubeObject;
}

/** What a write came to: a stored object, or one that is only shown (dry run, the last state of a removed one). */
export type Written =
  | { readonly kind: 'stored'; readonly stored: StoredObject; readonly created: boolean }
  | { readonly kind: 'shown'; readonly object: KubeObject; readonly created: boolean };

/** The address of the object that a request writes. */
export function keyOf(
  { resource, context }: Pick<WriteRequest, 'resource' | 'context'>,
  name = context.name,
): ObjectKey {
  return { cluster: context.cluster, namespace: resource.namespaced ? context.namespace : '', name };
}

/** What an object says that it is: messages name it so, also where it is wrong. */
export function kindOf({ apiVersion, kind }: KubeObject): { group: string; kind: string } {
  return { group: parseApiVersion(apiVersion)?.group ?? '', kind };
}
