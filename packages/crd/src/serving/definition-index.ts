import type { ObjectReader, StoredObject } from '@kcp/object-store';
import type { LogicalCluster } from '@kcp/logical-cluster';
import { isConditionTrue } from '../definition/condition.ts';
import { definitionBucket, type DefinitionNames } from '../definition/custom-resource-definition.ts';
import { readDefinition } from '../definition/decode-definition.ts';
import { BoundedCache } from './bounded-cache.ts';
import { type DefinitionIdentity, identify } from './definition-identity.ts';

/** What is remembered of a definition: enough for naming and discovery, without its schemas. */
export interface DefinitionEntry {
  readonly name: string;
  readonly revision: StoredObject['revision'];
  readonly group: string;
  readonly requestedNames: DefinitionNames;
  readonly acceptedNames: DefinitionNames;
  readonly isNamesAccepted: boolean;
  readonly isEstablished: boolean;
  /** Absent as long as it is not established: nothing is served then. */
  readonly identity?: DefinitionIdentity;
}

/** The definitions of one logical cluster at one generation. */
export interface ClusterDefinitions {
  readonly generation: number;
  readonly entries: ReadonlyMap<string, DefinitionEntry>;
}

/** What an entry takes in memory, about. */
const ENTRY_BYTES = 1_500;
const PAGE = 200;
const NONE: ClusterDefinitions = { generation: 0, entries: new Map() };

/**
 * What definitions a logical cluster has, from the store, kept by (cluster, generation): a change of one definition reads that
 * one again and no other. Clusters without definitions leave nothing behind.
 */
export class DefinitionIndex {
  readonly #store: ObjectReader;
  readonly #clusters: BoundedCache<ClusterDefinitions>;

  constructor(store: ObjectReader, maxBytes: number) {
    this.#store = store;
    this.#clusters = new BoundedCache(maxBytes);
  }

  of(cluster: LogicalCluster): ClusterDefinitions {
    const generation = this.#store.generation({ bucket: definitionBucket, cluster });
    if (generation === 0) return NONE;
    const known = this.#clusters.get(cluster);
    if (known?.generation === generation) return known;
    const entries = this.#read(cluster, known?.entries ?? NONE.entries);
    const fresh = { generation, entries };
    if (entries.size === 0) this.#clusters.delete(cluster);
    else this.#clusters.set(cluster, fresh, { owner: cluster, bytes: entries.size * ENTRY_BYTES });
    return fresh;
  }

  #read(cluster: LogicalCluster, known: ClusterDefinitions['entries']): ReadonlyMap<string, DefinitionEntry> {
    const entries = new Map<string, DefinitionEntry>();
    let after: string | undefined;
    do {
      const page = this.#store.page({
        bucket: definitionBucket,
        cluster,
        limit: PAGE,
        ...(after !== undefined && { after }),
      });
      for (const stored of page.objects) {
        const old = known.get(stored.key.name);
        entries.set(stored.key.name, old?.revision === stored.revision ? old : describe(stored));
      }
      after = page.next;
    } while (after !== undefined);
    return entries;
  }
}

function describe(stored: StoredObject): DefinitionEntry {
  const definition = readDefinition(stored);
  const isEstablished = isConditionTrue(definition, 'Established');
  return {
    name: stored.key.name,
    revision: stored.revision,
    group: definition.spec.group,
    requestedNames: definition.spec.names,
    acceptedNames: definition.status.acceptedNames,
    isNamesAccepted: isConditionTrue(definition, 'NamesAccepted'),
    isEstablished,
    ...(isEstablished && { identity: identify(definition) }),
  };
}
