/**
 * What a strategic merge patch needs to know of a field: its own fields, and how a list or object is merged (the struct tags
 * `patchStrategy` and `patchMergeKey` of Kubernetes' Go types).
 */
export interface MergeSchema {
  /**
   * The schema of a member: of an object its field, of a map (labels, data) the same for every key, of a list the field of its
   * items. Undefined where the type has no such field.
   */
  field(name: string): MergeSchema | undefined;
  /** The field that tells the items of a list of objects apart. */
  readonly listMergeKey?: string;
  /** `merge` merges lists; lists without it are replaced. `replace` replaces an object instead of merging it. */
  readonly strategy?: 'merge' | 'replace';
}
