import { wildcard } from '@kcp/logical-cluster';
import type { Bucket, ObjectKey, ObjectReader } from '@kcp/object-store';

/** So many objects are read at a time. */
const PAGE = 100;

/** Visits every object of a kind in all logical clusters, one after the other, a page of them at a time. */
export async function forEveryKey(
  store: Pick<ObjectReader, 'page'>,
  bucket: Bucket,
  visit: (key: ObjectKey) => Promise<void>,
): Promise<void> {
  let after: string | undefined;
  do {
    const page = store.page({ bucket, cluster: wildcard, limit: PAGE, ...(after !== undefined && { after }) });
    for (const { key } of page.objects) await visit(key);
    after = page.next;
  } while (after !== undefined);
}
