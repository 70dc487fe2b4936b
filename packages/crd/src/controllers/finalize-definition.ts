import type { Reconcile, Result } from '@kcp/controller';
import { again, done } from '@kcp/controller';
import type { LogicalCluster } from '@kcp/logical-cluster';
import type { ObjectReader, StoredObject } from '@kcp/object-store';
import { type ConditionClaim, isConditionTrue, withCondition } from '../definition/condition.ts';
import {
  CLEANUP_FINALIZER,
  type CustomResourceDefinition,
  definitionBucket,
} from '../definition/custom-resource-definition.ts';
import { readDefinition } from '../definition/decode-definition.ts';
import type { DefinitionWriter } from './definition-writer.ts';
import type { DeleteInstances } from './delete-instances.ts';

/** Instances whose finalizers hold are looked at again after so long: their removal is no change of the definition. */
const RECHECK_MS = 1_000;

/** What deleting a definition reads and writes. */
export interface FinalizeDefinitionOptions {
  readonly store: ObjectReader;
  readonly writer: DefinitionWriter;
  readonly deleteInstances: DeleteInstances;
  /** True where the group and plural are those of a built-in kind, whose objects are nobody's instances. */
  readonly isBuiltin: (cluster: LogicalCluster, group: string, resource: string) => boolean;
  /** RFC 3339 with seconds. */
  readonly now: () => string;
}

/** Deletes the instances of a definition that is being deleted, then lets it go: the finalizer and the condition Terminating. */
export function finalizeDefinition(options: FinalizeDefinitionOptions): Reconcile {
  return async ({ cluster, name }) => {
    const stored = options.store.get(definitionBucket, { cluster, namespace: '', name });
    if (stored === undefined || !stored.isTerminating) return done;
    const definition = readDefinition(stored);
    if (!(definition.metadata.finalizers ?? []).includes(CLEANUP_FINALIZER)) return done;
    return hasInstances(definition, cluster, options)
      ? deleteAll(stored, definition, options)
      : release(stored, definition, options);
  };
}

function hasInstances(
  definition: CustomResourceDefinition,
  cluster: LogicalCluster,
  options: FinalizeDefinitionOptions,
): boolean {
  const { group, names } = definition.spec;
  return isConditionTrue(definition, 'Established') && !options.isBuiltin(cluster, group, names.plural);
}

async function deleteAll(
  stored: StoredObject,
  definition: CustomResourceDefinition,
  options: FinalizeDefinitionOptions,
): Promise<Result> {
  const { writer, deleteInstances, now } = options;
  const status = withCondition(definition.status, IN_PROGRESS, now());
  // the change that this makes brings the key back
  if (status !== definition.status) {
    await writer.updateStatus(stored, definition, status);
    return done;
  }
  const { group, names } = definition.spec;
  const what = { bucket: { group, resource: names.plural }, cluster: stored.key.cluster, now: now() };
  let held = 0;
  let after: string | undefined;
  do {
    const progress = await deleteInstances(what, after);
    held += progress.held;
    after = progress.next;
  } while (after !== undefined);
  return held > 0 ? again(RECHECK_MS) : release(stored, definition, options);
}

async function release(
  stored: StoredObject,
  definition: CustomResourceDefinition,
  { writer }: FinalizeDefinitionOptions,
): Promise<Result> {
  await writer.removeFinalizer(stored, definition);
  return done;
}

const IN_PROGRESS: ConditionClaim = {
  type: 'Terminating',
  status: 'True',
  reason: 'InstanceDeletionInProgress',
  message: 'CustomResource deletion is in progress',
};
