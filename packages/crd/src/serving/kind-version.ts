import type { GroupVersionKind } from '@kcp/api-machinery';
import type { CompiledSchema, StructuralSchema } from '@kcp/structural-schema';
import type { DefinitionSubresources } from '../definition/custom-resource-definition.ts';

/** One version of a custom kind as the functions that serve it need it. */
export interface KindVersion {
  readonly gvk: GroupVersionKind;
  /** `example.com/v1`; `v1` in the core group. */
  readonly apiVersion: string;
  readonly subresources: DefinitionSubresources;
  /** Compiled when first asked for, and again where the cache forgot it: ask when it is needed, keep it no longer. */
  schema(): CompiledSchema;
  /** The same schema without its defaults. */
  pruner(): CompiledSchema;
  /** The schema as it is written, for documents: read anew where it is not compiled. */
  written(): StructuralSchema;
}
