import { struct } from '../table.ts';
import { ObjectMeta } from './meta.ts';

const V1 = 'io.k8s.api.coordination.v1';

const LeaseSpec = struct(`${V1}.LeaseSpec`, 'Who holds a lease, and until when.', () => ({
  holderIdentity: [1, 'string', 'pointer', 'Who holds it.'],
  leaseDurationSeconds: [2, 'int32', 'pointer', 'Seconds after renewTime for which it is held.'],
  acquireTime: [3, 'microTime', 'pointer', 'When the holder got it.'],
  renewTime: [4, 'microTime', 'pointer', 'When the holder last renewed it.'],
  leaseTransitions: [5, 'int32', 'pointer', 'How often the holder changed.'],
  strategy: [6, 'string', 'pointer', 'How the leader of a coordinated election is picked; not supported here.'],
  preferredHolder: [7, 'string', 'pointer', 'To whom the holder should give it up; not supported here.'],
}));

/** coordination.k8s.io/v1 Lease. */
export const Lease = struct(`${V1}.Lease`, 'A lock with an expiry, as elections of leaders use it.', () => ({
  metadata: [1, ObjectMeta, 'always', 'Standard object metadata.'],
  spec: [2, LeaseSpec, 'always', 'Who holds it, and until when.'],
}));
