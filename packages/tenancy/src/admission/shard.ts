import type { AdmissionPlugin } from '@kcp/admission';
import { ApiError, objectAt, textAt } from '@kcp/api-machinery';
import { shards } from '../buckets.ts';
import { isAbout } from './subject.ts';

/** A Shard says where it is; where its users and its virtual workspaces reach it is there too, unless it says so (kcp's tenancy.kcp.io/Shard). */
export function shardAdmission(): AdmissionPlugin {
  return {
    name: 'tenancy.kcp.io/Shard',
    mutate: (attributes) => {
      const { object, operation } = attributes;
      if (object === undefined || !isAbout(attributes, shards)) return object;
      if (operation !== 'CREATE' && operation !== 'UPDATE') return object;
      const spec = objectAt(object, 'spec');
      const baseURL = textAt(spec, 'baseURL');
      if (baseURL === '') throw new ApiError('', 'spec.baseURL is required');
      const missing = (['externalURL', 'virtualWorkspaceURL'] as const).filter((field) => textAt(spec, field) === '');
      if (missing.length === 0) return object;
      return { ...object, spec: { ...spec, ...Object.fromEntries(missing.map((field) => [field, baseURL])) } };
    },
  };
}
