/** What strategic merge needs to know of a field: how its lists are keyed and whether it is replaced whole (struct tags patchStrategy and patchMergeKey). */
export interface MergeSchema {
  /** The schema of a field of an object; undefined where the field is unknown or a scalar. For maps: of every value. */
  field(name: string): MergeSchema | undefined;
  /** For a list: the schema of its items where they are objects. */
  readonly items?: MergeSchema;
  /** For a list with strategy merge: the key of its items; absent for lists of scalars. */
  readonly mergeKey?: string;
  readonly strategies: readonly ('merge' | 'replace' | 'retainKeys')[];
}
