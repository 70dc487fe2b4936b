import type { Backend } from '../backend.ts';
import type { EtcdStoreOptions } from './options.ts';

/** Opens a store in etcd, as `open-etcd-store.ts` does. What speaks to etcd is large and loaded by whoever has one only. */
export async function openEtcdStore(options: EtcdStoreOptions): Promise<Backend> {
  const etcd = await import('./open-etcd-store.ts');
  return etcd.openEtcdStore(options);
}
