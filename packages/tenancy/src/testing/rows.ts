import { objectAt, textAt, type JsonObject, type KubeObject } from '@kcp/api-machinery';
import { parseName, type LogicalCluster } from '@kcp/logical-cluster';
import type { Bucket, ObjectReader, StoredObject } from '@kcp/object-store';

/** The name of a logical cluster, for tests that know it to be one. */
export function cluster(text: string): LogicalCluster {
  const name = parseName(text);
  if (name === undefined) throw new Error(`no name: ${text}`);
  return name;
}

/** An object, and where it is. */
export interface Row {
  readonly at: string;
  readonly bucket: Bucket;
  readonly object: JsonObject;
}

/** Reads of some rows: as much of a store as deciding about workspaces needs. */
export function rows(...all: readonly Row[]): Pick<ObjectReader, 'get' | 'page'> {
  const stored = ({ at, bucket, object }: Row): StoredObject => {
    const key = { cluster: cluster(at), namespace: '', name: textAt(objectAt(object, 'metadata'), 'name') };
    const decode = (): KubeObject => object as unknown as KubeObject;
    return { bucket, key, revision: 1, isTerminating: false, decode } as unknown as StoredObject;
  };
  const same = (a: Bucket, b: Bucket): boolean => a.group === b.group && a.resource === b.resource;
  return {
    get: (bucket, key) => {
      const row = all.find(
        (one) =>
          same(one.bucket, bucket) &&
          one.at === key.cluster &&
          textAt(objectAt(one.object, 'metadata'), 'name') === key.name,
      );
      return row && stored(row);
    },
    page: ({ bucket, cluster: where }) => ({
      objects: all.filter((one) => same(one.bucket, bucket) && one.at === where).map(stored),
      next: undefined,
      revision: 1,
    }),
  };
}
