import type { GroupVersionKind } from '@kcp/api-machinery';
import type { StructType } from './table.ts';

/** A built-in kind: what it is called, where it lives, what it holds. */
export interface KindTable extends GroupVersionKind {
  /** Plural, as URLs have it. */
  readonly resource: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  readonly categories: readonly string[];
  readonly type: StructType;
}
