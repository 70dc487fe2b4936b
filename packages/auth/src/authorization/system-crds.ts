import type { Authorizer } from '../authorizer.ts';
import { delegate } from './recorded.ts';

const GUARDED = new Map([
  ['apibindings', 'apibinding'],
  ['apiexports', 'apiexport'],
]);

/** Keeps everybody but masters from writing what only the server may say of bindings and exports (kcp's system CRD authorizer). */
export function guardSystemStatus(inside: Authorizer): Authorizer {
  return (attributes) => {
    if (attributes.kind === 'resource' && attributes.group === 'apis.kcp.io' && attributes.subresource === 'status') {
      const kind = GUARDED.get(attributes.resource);
      if (kind !== undefined) return { kind: 'deny', reason: `${kind} status updates not permitted` };
    }
    return delegate('no system CRD violation', inside, attributes);
  };
}
