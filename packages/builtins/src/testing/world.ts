import type { KubeObject, ObjectMeta } from '@kcp/api-machinery';
import { alreadyExists, notFound } from '@kcp/api-machinery';
import type { InProcessWriter, ServedResource, Strategy } from '@kcp/apiserver';
import type { Bucket, ObjectKey, StoredObject } from '@kcp/object-store';
import { bucketPrefix, storageKey } from '@kcp/object-store';
import type { ControllerReader } from '../controllers/deps.ts';
import { context } from './context.ts';

type Address = Parameters<InProcessWriter['update']>[0];

const NO_BYTES = {
  jsonSize: 0,
  itemSize: 0,
  json: () => Buffer.alloc(0),
  item: () => Buffer.alloc(0),
  copyJson: (_into: Buffer, at: number) => at,
  copyItem: (_into: Buffer, at: number) => at,
};

/** A store in memory and a writer over it that asks the strategies of the resources, for tests of controllers. */
export class World {
  readonly #resources: readonly ServedResource[];
  readonly #rows = new Map<string, StoredObject>();
  #revision = 0;
  /** What was written, one line a write: `update namespaces x finalize`. */
  readonly writes: string[] = [];

  constructor(resources: readonly ServedResource[]) {
    this.#resources = resources;
  }

  readonly reader: ControllerReader = {
    get: (bucket, key) => this.#rows.get(storageKey(bucket, key)),
    page: ({ bucket, cluster, namespace = '', after = '', limit = Infinity }) => {
      const prefix = bucketPrefix(bucket);
      const isIn = ({ key }: StoredObject): boolean => {
        return (
          (typeof cluster !== 'string' || key.cluster === cluster) &&
          (namespace === '' || key.namespace === namespace) &&
          key.name > after
        );
      };
      const found = [...this.#rows]
        .filter(([row, stored]) => row.startsWith(prefix) && isIn(stored))
        .map(([, stored]) => stored);
      const objects = found.sort((a, b) => (a.key.name < b.key.name ? -1 : 1)).slice(0, limit);
      return {
        objects,
        next: objects.length < found.length ? objects.at(-1)?.key.name : undefined,
        revision: this.#revision,
      };
    },
  };

  readonly writer: InProcessWriter = {
    create: async (address, object) => {
      const resource = this.#find(address);
      const { object: decoded } = resource.decode(object);
      const { metadata } = decoded;
      const prepared = resource.strategy.prepareForCreate?.(decoded, context) ?? decoded;
      const key = { cluster: address.cluster, namespace: address.namespace, name: metadata.name ?? '' };
      if (this.reader.get(resource.bucket, key)) throw alreadyExists(resource.gvr, key.name);
      this.writes.push(`create ${resource.gvr.resource} ${key.name}`);
      const uid = metadata.uid ?? `uid-${key.name}`;
      return this.#put(resource.bucket, key, { ...prepared, metadata: { ...prepared.metadata, uid } });
    },
    update: async (address, change, subresource = '') => {
      const resource = this.#find(address);
      const old = this.#get(resource, address);
      const changed = change(old);
      if (changed === old) return old;
      const part = resource.subresources[subresource];
      const strategy: Pick<Strategy, 'prepareForUpdate'> = part?.kind === 'part' ? part.strategy : resource.strategy;
      const next = strategy.prepareForUpdate?.(changed, old, context) ?? changed;
      this.writes.push(`update ${resource.gvr.resource} ${address.name}${subresource && ` ${subresource}`}`);
      return this.#isReleased(resource, next)
        ? this.#drop(resource.bucket, address, next)
        : this.#put(resource.bucket, address, next);
    },
    remove: async (address) => {
      const resource = this.#find(address);
      const old = this.#get(resource, address);
      this.writes.push(`remove ${resource.gvr.resource} ${address.name}`);
      const begun = resource.strategy.beginDelete?.(old, context);
      const deletionTimestamp = old.metadata.deletionTimestamp ?? context.now;
      const marked = begun ?? { ...old, metadata: { ...old.metadata, deletionTimestamp } };
      if (begun === undefined && (old.metadata.finalizers?.length ?? 0) === 0)
        this.#drop(resource.bucket, address, old);
      else this.#put(resource.bucket, address, marked);
    },
  };

  #find({ resource: { group, resource: plural } }: Pick<Address, 'resource'>): ServedResource {
    const found = this.#resources.find(({ gvr }) => gvr.group === group && gvr.resource === plural);
    if (!found) throw new Error(`no resource ${plural}`);
    return found;
  }

  #get(resource: ServedResource, { cluster, namespace, name }: ObjectKey): KubeObject {
    const stored = this.reader.get(resource.bucket, { cluster, namespace, name });
    if (!stored) throw notFound(resource.gvr, name);
    return stored.decode();
  }

  #isReleased({ strategy }: ServedResource, object: KubeObject): boolean {
    const { deletionTimestamp, finalizers = [] }: ObjectMeta = object.metadata;
    return deletionTimestamp !== undefined && finalizers.length === 0 && !(strategy.isHeld?.(object) ?? false);
  }

  #put(bucket: Bucket, { cluster, namespace, name }: ObjectKey, object: KubeObject): KubeObject {
    const key = { cluster, namespace, name };
    const { deletionTimestamp, finalizers = [], ownerReferences = [] } = object.metadata;
    this.#rows.set(storageKey(bucket, key), {
      bucket,
      key,
      revision: ++this.#revision,
      fingerprint: '',
      hasFinalizers: finalizers.length > 0,
      finalizers,
      hasOwners: ownerReferences.length > 0,
      isTerminating: deletionTimestamp !== undefined,
      ...NO_BYTES,
      decode: () => object,
    });
    return object;
  }

  #drop(bucket: Bucket, { cluster, namespace, name }: ObjectKey, object: KubeObject): KubeObject {
    this.#rows.delete(storageKey(bucket, { cluster, namespace, name }));
    return object;
  }
}
