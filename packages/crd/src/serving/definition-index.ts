import { BoundedCache, Pace } from '@kcp/apiserver';
import type { ObjectPage, ObjectReader, StoredObject } from '@kcp/object-store';
import type { LogicalCluster } from '@kcp/logical-cluster';
import { isConditionTrue } from '../definition/condition.ts';
import { definitionBucket, type DefinitionNames } from '../definition/custom-resource-definition.ts';
import { readDefinition } from '../definition/decode-definition.ts';
import { type DefinitionIdentity, identify } from './definition-identity.ts';

/** What is remembered of a definition: enough for naming and discovery, without its schemas. */
export interface DefinitionEntry {
  readonly name: string;
  readonly revision: StoredObject['revision'];
  readonly uid: string;
  /** The spec's: equal generations of one uid have equal specs. */
  readonly generation: number;
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
/** Definitions are read in smaller pages where others are to have their turn in between. */
const PATIENT_PAGE = 20;
const NONE: ClusterDefinitions = { generation: 0, entries: new Map() };

/**
 * What definitions a logical cluster has, from the store, kept by (cluster, generation): a change of one definition reads that
 * one again and no other. Clusters without definitions leave nothing behind.
 */
export class DefinitionIndex {
  readonly #store: ObjectReader;
  readonly #clusters: BoundedCache<ClusterDefinitions>;
  readonly #preparing = new Map<LogicalCluster, Promise<void>>();

  constructor(store: ObjectReader, maxBytes: number) {
    this.#store = store;
    this.#clusters = new BoundedCache(maxBytes);
  }

  /** Reads what is not known at once, however much it is: who can wait calls `prepare` before. */
  of(cluster: LogicalCluster): ClusterDefinitions {
    const generation = this.#store.generation({ bucket: definitionBucket, cluster });
    if (generation === 0) return NONE;
    const known = this.#clusters.get(cluster);
    if (known?.generation === generation) return known;
    const entries = new Map<string, DefinitionEntry>();
    let page = this.#page(cluster, PAGE);
    for (;;) {
      for (const stored of page.objects) add(entries, stored, known);
      if (page.next === undefined) return this.#keep(cluster, { generation, entries });
      page = this.#page(cluster, PAGE, page);
    }
  }

  /**
   * Undefined where `of` answers from memory or has little to read. Else reads in pieces, once however many ask, and fulfils when
   * `of` has little left to do: hundreds of definitions take hundreds of milliseconds.
   */
  prepare(cluster: LogicalCluster): Promise<void> | undefined {
    if (this.#clusters.get(cluster) !== undefined) return undefined;
    if (this.#store.generation({ bucket: definitionBucket, cluster }) === 0) return undefined;
    let preparing = this.#preparing.get(cluster);
    if (preparing === undefined) {
      preparing = this.#read(cluster).finally(() => this.#preparing.delete(cluster));
      this.#preparing.set(cluster, preparing);
    }
    return preparing;
  }

  async #read(cluster: LogicalCluster): Promise<void> {
    const generation = this.#store.generation({ bucket: definitionBucket, cluster });
    const entries = new Map<string, DefinitionEntry>();
    const pace = new Pace();
    let page = this.#page(cluster, PATIENT_PAGE);
    for (;;) {
      for (const stored of page.objects) {
        add(entries, stored, undefined);
        await pace.turn();
      }
      if (page.next === undefined) break;
      page = this.#page(cluster, PATIENT_PAGE, page);
    }
    this.#keep(cluster, { generation, entries });
  }

  /** A page, or the one after it at the same revision. */
  #page(cluster: LogicalCluster, limit: number, before?: ObjectPage): ObjectPage {
    const more = before?.next === undefined ? {} : { after: before.next, at: before.revision };
    return this.#store.page({ bucket: definitionBucket, cluster, limit, ...more });
  }

  #keep(cluster: LogicalCluster, definitions: ClusterDefinitions): ClusterDefinitions {
    const { entries } = definitions;
    if (entries.size === 0) this.#clusters.delete(cluster);
    else this.#clusters.set(cluster, definitions, { owner: cluster, bytes: entries.size * ENTRY_BYTES });
    return definitions;
  }
}

function add(entries: Map<string, DefinitionEntry>, stored: StoredObject, known: ClusterDefinitions | undefined): void {
  const { name } = stored.key;
  const old = known?.entries.get(name);
  entries.set(name, old?.revision === stored.revision ? old : describe(stored, old));
}

/** The walk over a spec is taken once a generation, not for each of the writes of its status. */
function describe(stored: StoredObject, old: DefinitionEntry | undefined): DefinitionEntry {
  const definition = readDefinition(stored);
  const { uid = '', generation = 0 } = definition.metadata;
  const isEstablished = isConditionTrue(definition, 'Established');
  const spec = old?.uid === uid && old.generation === generation ? old.identity?.spec : undefined;
  return {
    name: stored.key.name,
    revision: stored.revision,
    uid,
    generation,
    group: definition.spec.group,
    requestedNames: definition.spec.names,
    acceptedNames: definition.status.acceptedNames,
    isNamesAccepted: isConditionTrue(definition, 'NamesAccepted'),
    isEstablished,
    ...(isEstablished && { identity: identify(definition, spec) }),
  };
}
