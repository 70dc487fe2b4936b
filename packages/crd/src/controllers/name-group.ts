import { equal } from '@kcp/api-machinery';
import { breathe } from '@kcp/apiserver';
import type { Reconcile } from '@kcp/controller';
import { done } from '@kcp/controller';
import type { LogicalCluster } from '@kcp/logical-cluster';
import type { ObjectReader } from '@kcp/object-store';
import { withCondition } from '../definition/condition.ts';
import { type CustomResourceDefinition, definitionBucket } from '../definition/custom-resource-definition.ts';
import { readDefinition } from '../definition/decode-definition.ts';
import type { DefinitionEntry, DefinitionIndex } from '../serving/definition-index.ts';
import { acceptNames } from './accept-names.ts';
import type { DefinitionWriter } from './definition-writer.ts';
import { establish } from './establish.ts';
import { type NamesInUse, namesInUse } from './names-in-use.ts';

/** What naming reads and writes. */
export interface NameGroupOptions {
  readonly store: ObjectReader;
  readonly index: DefinitionIndex;
  readonly writer: DefinitionWriter;
  /** The names that built-in and system kinds have in a group of a logical cluster. */
  readonly builtinNames: (cluster: LogicalCluster, group: string) => NamesInUse | undefined;
  /** RFC 3339 with seconds. */
  readonly now: () => string;
}

/**
 * Gives the definitions of one group in one logical cluster their names and establishes them: the conditions NamesAccepted and
 * Established, in one commit each definition. The key is the group, so that two definitions never take the same name at once.
 */
export function nameGroup(options: NameGroupOptions): Reconcile {
  return async ({ cluster, name: key }) => {
    const group = key === 'core' ? '' : key;
    await options.index.prepare(cluster);
    for (const name of unsettled(options, cluster, group)) await settle(options, { cluster, group, name });
    return done;
  };
}

/** The definitions that may have something to gain, those that were written first before the others. */
function unsettled({ index }: NameGroupOptions, cluster: LogicalCluster, group: string): readonly string[] {
  const entries = [...index.of(cluster).entries.values()];
  return entries
    .filter((entry) => entry.group === group && !isSettled(entry))
    .sort((a, b) => a.revision - b.revision)
    .map(({ name }) => name);
}

function isSettled({ isEstablished, isNamesAccepted, requestedNames, acceptedNames }: DefinitionEntry): boolean {
  return isEstablished && isNamesAccepted && equal(requestedNames, acceptedNames);
}

interface Subject {
  readonly cluster: LogicalCluster;
  readonly group: string;
  readonly name: string;
}

/** In a turn of its own, as definitions may be large. Reads everything anew: the definition before may just have taken a name. */
async function settle(options: NameGroupOptions, { cluster, group, name }: Subject): Promise<void> {
  const { store, index, writer, builtinNames } = options;
  await breathe();
  const stored = store.get(definitionBucket, { cluster, namespace: '', name });
  if (stored === undefined) return;
  const definition = readDefinition(stored);
  const members = [...index.of(cluster).entries.values()].filter((entry) => entry.group === group);
  const next = settled(definition, namesInUse(members, builtinNames(cluster, group)), options.now());
  if (next !== definition) await writer.updateStatus(stored, definition, next.status);
}

/** A definition with its names and conditions as they should be; the same value where they are. */
export function settled(
  definition: CustomResourceDefinition,
  inUse: NamesInUse,
  now: string,
): CustomResourceDefinition {
  const { names, claim } = acceptNames(definition, inUse);
  const acceptedNames = equal(names, definition.status.acceptedNames) ? definition.status.acceptedNames : names;
  const named: CustomResourceDefinition = {
    ...definition,
    status: withCondition({ ...definition.status, acceptedNames }, claim, now),
  };
  const established = establish(named);
  const status = established === undefined ? named.status : withCondition(named.status, established, now);
  return equal(status, definition.status) ? definition : { ...definition, status };
}
