import { matchesLabels, type KubeObject } from '@kcp/api-machinery';
import type { LogicalCluster } from '@kcp/logical-cluster';
import { identityOf, type ReconcileKey } from '../reconcile-key.ts';
import { CacheIndex, type Indexer } from './cache-index.ts';
import { freezeAndMeasure } from './freeze.ts';
import type { Lister, ObjectSelection } from './lister.ts';
import type { ObjectChange } from './object-change.ts';
import { keyOfObject } from './object-key.ts';
import { withoutBookkeeping, type Trim } from './trim.ts';

/** How a cache is made. */
export interface ObjectCacheOptions<O extends KubeObject, Indexes extends string> {
  /** Of objects that do not say theirs; undefined for a source over many logical clusters, where each has to. */
  readonly cluster: LogicalCluster | undefined;
  readonly indexers: Readonly<Record<Indexes, Indexer<O>>>;
  /** What is kept of an object; without bookkeeping where it is not given. */
  readonly trim?: Trim<O>;
}

/** Whom a cache tells of changes, in their order. Must not throw. */
export interface ChangeListener<O extends KubeObject> {
  change(change: ObjectChange<O>): void;
  /** Undefined, or what to wait for before more is told: the reflector then leaves the rest with the server. */
  drained(): Promise<void> | undefined;
}

interface Entry<O> {
  readonly key: ReconcileKey;
  readonly object: O;
  readonly bytes: number;
  /** What each indexer says of the object, in their order. */
  readonly values: readonly (readonly string[])[];
}

/** What is to become of a cache's content. */
export type Replacement<O extends KubeObject> = Map<string, CacheEntry<O>>;
/** An object as a cache keeps it; opaque. */
export type CacheEntry<O extends KubeObject> = Entry<O>;

/** Objects by address and by index. Holds each object once, frozen; a reflector writes, everyone else reads. */
export class ObjectCache<O extends KubeObject, Indexes extends string = never> implements Lister<O, Indexes> {
  readonly #cluster: LogicalCluster | undefined;
  readonly #trim: Trim<O>;
  readonly #entries = new Map<string, Entry<O>>();
  readonly #indexers: readonly Indexer<O>[];
  readonly #indexes: ReadonlyMap<string, CacheIndex>;
  readonly #listeners = new Set<ChangeListener<O>>();
  #bytes = 0;

  constructor(options: ObjectCacheOptions<O, Indexes>) {
    this.#cluster = options.cluster;
    this.#trim = options.trim ?? withoutBookkeeping;
    this.#indexers = Object.values<Indexer<O>>(options.indexers);
    this.#indexes = new Map(Object.keys(options.indexers).map((name) => [name, new CacheIndex()]));
  }

  get size(): number {
    return this.#entries.size;
  }

  /** About how much memory the objects take; what the keys and indexes take (about 300 bytes an object) comes on top. */
  get bytes(): number {
    return this.#bytes;
  }

  get(key: Pick<ReconcileKey, 'cluster' | 'namespace' | 'name'>): O | undefined {
    return this.#entries.get(identityOf({ cluster: key.cluster, namespace: key.namespace, name: key.name }))?.object;
  }

  list(selection: ObjectSelection = {}): O[] {
    const found: O[] = [];
    for (const { key, object } of this.#entries.values()) if (isSelected(key, object, selection)) found.push(object);
    return found;
  }

  byIndex(index: Indexes, value: string): O[] {
    const found: O[] = [];
    for (const identity of this.#indexes.get(index)?.get(value) ?? []) {
      const entry = this.#entries.get(identity);
      if (entry !== undefined) found.push(entry.object);
    }
    return found;
  }

  /** Goes over everything as changes of kind `listed`; what is added or removed meanwhile may or may not be met. */
  *listed(): IterableIterator<ObjectChange<O>> {
    for (const { key, object } of this.#entries.values()) {
      yield { kind: 'listed', key, object, previous: undefined, isFinalStateUnknown: false };
    }
  }

  /** Tells a listener of every change from now on. */
  follow(listener: ChangeListener<O>): Disposable {
    this.#listeners.add(listener);
    return { [Symbol.dispose]: () => void this.#listeners.delete(listener) };
  }

  /** Undefined, or what fulfils when every listener can take more. */
  drained(): Promise<unknown> | undefined {
    const waits: Promise<void>[] = [];
    for (const listener of this.#listeners) {
      const wait = listener.drained();
      if (wait !== undefined) waits.push(wait);
    }
    return waits.length === 0 ? undefined : Promise.all(waits);
  }

  /** Adds an object to a replacement, or takes the known one where that is the same. Throws as keyOfObject does. */
  collect(replacement: Replacement<O>, object: O): void {
    const key = keyOfObject(object, this.#cluster);
    const identity = identityOf(key);
    const known = this.#entries.get(identity);
    replacement.set(identity, known !== undefined && isSame(known.object, object) ? known : this.#entry(key, object));
  }

  /** Takes an object out of a replacement. */
  uncollect(replacement: Replacement<O>, object: O): void {
    replacement.delete(identityOf(keyOfObject(object, this.#cluster)));
  }

  /** What there is from now on: tells the differences, deletions first. */
  replace(replacement: Replacement<O>): void {
    for (const [identity, known] of this.#entries) {
      if (!replacement.has(identity)) this.#delete(identity, known, { last: known.object, isFinalStateUnknown: true });
    }
    for (const [identity, entry] of replacement) {
      if (entry !== this.#entries.get(identity)) this.#put(identity, entry, true);
    }
  }

  /** An object is there, in this state. Nothing happens where it is known in this very state. */
  put(object: O): void {
    const key = keyOfObject(object, this.#cluster);
    const identity = identityOf(key);
    const known = this.#entries.get(identity);
    if (known !== undefined && isSame(known.object, object)) return;
    this.#put(identity, this.#entry(key, object), false);
  }

  /** An object is gone; the given state is its last. Nothing happens where it is not known, or is another of that name. */
  delete(object: O): void {
    const identity = identityOf(keyOfObject(object, this.#cluster));
    const known = this.#entries.get(identity);
    if (known === undefined || known.object.metadata.uid !== object.metadata.uid) return;
    const last = this.#trim(object);
    freezeAndMeasure(last);
    this.#delete(identity, known, { last, isFinalStateUnknown: false });
  }

  #entry(key: ReconcileKey, object: O): Entry<O> {
    const kept = this.#trim(object);
    const values = this.#indexers.map((indexer) => [...indexer(kept)]);
    return { key, object: kept, bytes: freezeAndMeasure(kept), values };
  }

  /** Another object of the same name is a deletion and an addition: what was made for the first one is not the second's. */
  #put(identity: string, entry: Entry<O>, isFinalStateUnknown: boolean): void {
    const known = this.#entries.get(identity);
    if (known !== undefined && known.object.metadata.uid !== entry.object.metadata.uid) {
      this.#delete(identity, known, { last: known.object, isFinalStateUnknown });
    }
    const previous = this.#entries.get(identity);
    this.#entries.set(identity, entry);
    this.#bytes += entry.bytes - (previous?.bytes ?? 0);
    this.#reindex(identity, previous, entry);
    this.#tell({
      kind: previous === undefined ? 'added' : 'modified',
      key: entry.key,
      object: entry.object,
      previous: previous?.object,
      isFinalStateUnknown: false,
    });
  }

  #delete(identity: string, known: Entry<O>, how: { readonly last: O; readonly isFinalStateUnknown: boolean }): void {
    this.#entries.delete(identity);
    this.#bytes -= known.bytes;
    this.#reindex(identity, known, undefined);
    this.#tell({
      kind: 'deleted',
      key: known.key,
      object: how.last,
      previous: known.object,
      isFinalStateUnknown: how.isFinalStateUnknown,
    });
  }

  #reindex(identity: string, before: Entry<O> | undefined, after: Entry<O> | undefined): void {
    let at = 0;
    for (const index of this.#indexes.values()) {
      index.update(identity, before?.values[at] ?? [], after?.values[at] ?? []);
      at += 1;
    }
  }

  #tell(change: ObjectChange<O>): void {
    for (const listener of this.#listeners) listener.change(change);
  }
}

function isSame(a: KubeObject, b: KubeObject): boolean {
  return a.metadata.uid === b.metadata.uid && a.metadata.resourceVersion === b.metadata.resourceVersion;
}

function isSelected(key: ReconcileKey, object: KubeObject, { cluster, namespace, labels }: ObjectSelection): boolean {
  if (cluster !== undefined && key.cluster !== cluster) return false;
  if (namespace !== undefined && key.namespace !== namespace) return false;
  return labels === undefined || matchesLabels(labels, object.metadata.labels);
}
