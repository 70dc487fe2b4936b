import { breathe, type ServedResource, timestamp } from '@kcp/apiserver';
import type { Clock, Reconcile, Result } from '@kcp/controller';
import { again, done } from '@kcp/controller';
import type { LogicalCluster } from '@kcp/logical-cluster';
import type { ObjectReader, StoredObject } from '@kcp/object-store';
import { type ConditionClaim, findCondition, isConditionTrue, withCondition } from '../definition/condition.ts';
import {
  CLEANUP_FINALIZER,
  type CustomResourceDefinition,
  definitionBucket,
} from '../definition/custom-resource-definition.ts';
import { readDefinition } from '../definition/decode-definition.ts';
import { identify } from '../serving/definition-identity.ts';
import { DefinitionSources } from '../serving/definition-sources.ts';
import { SchemaCache } from '../serving/schema-cache.ts';
import { serveDefinition } from '../serving/serve-definition.ts';
import type { DefinitionWriter } from './definition-writer.ts';
import type { DeleteInstances } from './delete-instances.ts';

/**
 * Instances whose finalizers hold are looked at again after so long, and ever more seldom: their removal is no change of the
 * definition.
 */
const RECHECK_MS = { first: 1_000, last: 10_000 };

const SCHEMA_BYTES = 64 * 2 ** 20;

/** What deleting a definition reads and writes. */
export interface FinalizeDefinitionOptions {
  readonly store: ObjectReader;
  readonly writer: DefinitionWriter;
  readonly deleteInstances: DeleteInstances;
  /** True where the group and plural are those of a built-in kind, whose objects are nobody's instances. */
  readonly isBuiltin: (cluster: LogicalCluster, group: string, resource: string) => boolean;
  readonly clock: Clock;
}

/** Deletes the instances of a definition that is being deleted, then lets it go: the finalizer and the condition Terminating. */
export function finalizeDefinition(options: FinalizeDefinitionOptions): Reconcile {
  return async ({ cluster, name }) => {
    const stored = options.store.get(definitionBucket, { cluster, namespace: '', name });
    if (stored === undefined || !stored.isTerminating) return done;
    // definitions may be large: each is read in a turn of its own
    await breathe();
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
  const { writer, deleteInstances, clock } = options;
  const status = withCondition(definition.status, IN_PROGRESS, timestamp(clock.now()));
  // the change that this makes brings the key back
  if (status !== definition.status) {
    await writer.updateStatus(stored, definition, status);
    return done;
  }
  const { cluster } = stored.key;
  const what = { resource: storageResource(definition, cluster), cluster };
  let held = 0;
  let after: string | undefined;
  do {
    const progress = await deleteInstances(what, after);
    held += progress.held;
    after = progress.next;
  } while (after !== undefined);
  return held > 0 ? again(recheckMs(definition, clock.now())) : release(stored, definition, options);
}

/** The instances' resource, in the version that is stored. Schemas are needed only for rows of another one: kept for this run. */
function storageResource(definition: CustomResourceDefinition, owner: LogicalCluster): ServedResource {
  const sources = new DefinitionSources();
  sources.offer(owner, () => definition);
  const schemas = new SchemaCache(SCHEMA_BYTES);
  return serveDefinition(definition, { identity: identify(definition), sources, schemas, owner }).storage;
}

/** Half of the time for which the deletion has been going on: nothing needs to be kept for it. */
function recheckMs(definition: CustomResourceDefinition, now: number): number {
  const began = Date.parse(findCondition(definition, 'Terminating')?.lastTransitionTime ?? '');
  const elapsed = Number.isNaN(began) ? 0 : now - began;
  return Math.min(RECHECK_MS.last, Math.max(RECHECK_MS.first, elapsed / 2));
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
