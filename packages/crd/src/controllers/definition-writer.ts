import type { KubeObject } from '@kcp/api-machinery';
import type { InProcessWriter } from '@kcp/apiserver';
import type { StoredObject } from '@kcp/object-store';
import {
  CLEANUP_FINALIZER,
  type CustomResourceDefinition,
  definitionBucket,
  type DefinitionStatus,
} from '../definition/custom-resource-definition.ts';
import { definitionKind } from '../definition/decode-definition.ts';

/** What the controllers of definitions write. Where somebody else wrote first nothing is written: that change brings the key back. */
export interface DefinitionWriter {
  /** A status, of the definition as it was read. */
  updateStatus(stored: StoredObject, definition: CustomResourceDefinition, status: DefinitionStatus): Promise<void>;
  /** The cleanup finalizer is taken off; the definition goes where it was the last. */
  removeFinalizer(stored: StoredObject, definition: CustomResourceDefinition): Promise<void>;
}

/** Writes through the write path, to the status sub-resource: it never touches a spec, and finalizers may be changed by it. */
export function definitionWriter(writer: InProcessWriter): DefinitionWriter {
  const resource = { ...definitionBucket, version: definitionKind.version };
  const update = async ({ key, revision }: StoredObject, next: KubeObject): Promise<void> => {
    const change = (current: KubeObject): KubeObject =>
      current.metadata.resourceVersion === String(revision) ? next : current;
    await writer.update({ ...key, resource }, change, 'status');
  };
  return {
    updateStatus: (stored, definition, status) => update(stored, { ...definition, status }),
    removeFinalizer: (stored, definition) => {
      const { finalizers: held = [], ...metadata } = definition.metadata;
      const finalizers = held.filter((name) => name !== CLEANUP_FINALIZER);
      return update(stored, { ...definition, metadata: { ...metadata, ...(finalizers.length > 0 && { finalizers }) } });
    },
  };
}
