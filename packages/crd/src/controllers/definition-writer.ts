import type { KubeObject } from '@kcp/api-machinery';
import type { ObjectWriter, StoredObject } from '@kcp/object-store';
import {
  CLEANUP_FINALIZER,
  type CustomResourceDefinition,
  type DefinitionStatus,
} from '../definition/custom-resource-definition.ts';
import { DEFINITION_FINGERPRINT } from '../definition/definition-resource.ts';

/** What the controllers of definitions write. Each answers false where somebody else wrote first: the change brings the key back. */
export interface DefinitionWriter {
  /** A status, of the definition as it was read. */
  updateStatus(stored: StoredObject, definition: CustomResourceDefinition, status: DefinitionStatus): Promise<boolean>;
  /** The cleanup finalizer is taken off; the definition goes where it was the last. */
  removeFinalizer(stored: StoredObject, definition: CustomResourceDefinition): Promise<boolean>;
}

/** Writes straight to the store: a status of our own making needs no admission, and a spec is never touched. */
export function storeDefinitionWriter(store: ObjectWriter): DefinitionWriter {
  const update = async ({ bucket, key, revision }: StoredObject, object: KubeObject): Promise<boolean> => {
    const write = {
      kind: 'update',
      bucket,
      key,
      object,
      fingerprint: DEFINITION_FINGERPRINT,
      expected: revision,
    } as const;
    return (await store.commit([write])).kind === 'committed';
  };
  return {
    updateStatus: (stored, definition, status) => update(stored, { ...definition, status }),
    removeFinalizer: async (stored, definition) => {
      const finalizers = (definition.metadata.finalizers ?? []).filter((name) => name !== CLEANUP_FINALIZER);
      if (finalizers.length > 0)
        return update(stored, { ...definition, metadata: { ...definition.metadata, finalizers } });
      const { bucket, key, revision: expected } = stored;
      return (await store.commit([{ kind: 'delete', bucket, key, expected }])).kind === 'committed';
    },
  };
}
