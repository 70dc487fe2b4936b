import type { Json } from '@kcp/api-machinery';

/** A slice `[from:to:step]`; an index is a slice of one item. What is undefined was left out. */
export interface SliceNode {
  readonly kind: 'slice';
  readonly from: number | undefined;
  readonly to: number | undefined;
  /** True where `to` was not written but follows from the index: `[-1]` ends at the end. */
  readonly isIndex: boolean;
  readonly step: number | undefined;
}

/** The comparisons of a filter. */
export type FilterOperator = '<' | '>' | '==' | '!=' | '<=' | '>=';

/** One step of a path, applied to each value that the step before found. */
export type PathNode =
  | { readonly kind: 'field'; readonly name: string }
  | { readonly kind: 'wildcard' }
  | { readonly kind: 'recursive' }
  | SliceNode
  | { readonly kind: 'union'; readonly paths: readonly (readonly PathNode[])[] }
  | { readonly kind: 'literal'; readonly value: Json }
  | {
      readonly kind: 'filter';
      readonly left: readonly PathNode[];
      /** Absent: the left side only has to find something. */
      readonly compare?: { readonly operator: FilterOperator; readonly right: readonly PathNode[] };
    };

/** A path that was read, to be asked of many values. Immutable. */
export interface JsonPath {
  readonly text: string;
  readonly nodes: readonly PathNode[];
}
