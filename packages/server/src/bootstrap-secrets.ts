import { BOOTSTRAP_TOKEN_NAMESPACE, type BootstrapSecretLookup } from '@kcp/auth';
import { isObject, own } from '@kcp/api-machinery';
import type { ObjectReader } from '@kcp/object-store';

/** Reads the Secrets of bootstrap tokens from the store, on every request: one that is deleted counts no longer. */
export function bootstrapSecrets(store: ObjectReader): BootstrapSecretLookup {
  return (cluster, name) => {
    const key = { cluster, namespace: BOOTSTRAP_TOKEN_NAMESPACE, name };
    const object = store.get({ group: '', resource: 'secrets' }, key)?.decode();
    if (!object) return undefined;
    const data = own(object, 'data') ?? {};
    const type = own(object, 'type');
    return {
      type: typeof type === 'string' ? type : '',
      isTerminating: object.metadata.deletionTimestamp !== undefined,
      data: (field) => {
        const value = isObject(data) ? own(data, field) : undefined;
        return typeof value === 'string' ? Buffer.from(value, 'base64').toString('utf8') : undefined;
      },
    };
  };
}
