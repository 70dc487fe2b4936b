import type { KubeObject } from '@kcp/api-machinery';
import { equal } from '@kcp/api-machinery';
import type { Strategy } from '@kcp/apiserver';

/** The part of a strategy that counts in metadata.generation how often a field changed (API conventions "Metadata"). */
export function countedGeneration(field: string): Required<Pick<Strategy, 'prepareForCreate' | 'prepareForUpdate'>> {
  return {
    prepareForCreate: (object) => ({ ...object, metadata: { ...object.metadata, generation: 1 } }),
    prepareForUpdate: (object, old) => {
      const before = old.metadata.generation ?? 0;
      const same = equal(object[field] ?? null, old[field] ?? null);
      const generation = same ? before : before + 1;
      return object.metadata.generation === generation
        ? object
        : { ...object, metadata: { ...object.metadata, generation } };
    },
  };
}

/** Takes over a field of the old object, whatever was sent: status on the main resource, spec on /status. */
export function keepField(object: KubeObject, old: KubeObject, field: string): KubeObject {
  if (old[field] !== undefined) return { ...object, [field]: old[field] };
  const { [field]: _, ...rest } = object;
  return rest as KubeObject;
}
