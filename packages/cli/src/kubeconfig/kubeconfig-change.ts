/** A new entry of a kubeconfig, or a new content of one: a copy of another entry in which a field or two are different. */
export interface CopiedEntry {
  readonly list: 'clusters' | 'contexts';
  readonly name: string;
  /** The entry that is copied, as it was before the change. */
  readonly from: string;
  /** The file that has `from`, into which the copy goes too: so paths in it that are relative to the file keep their meaning. */
  readonly file: string | undefined;
  /** What is different in the copy. */
  readonly set?: Readonly<Record<string, string>>;
}

/** What becomes of a kubeconfig. */
export interface KubeconfigChange {
  readonly entries: readonly CopiedEntry[];
  /** The context that is current from now on; undefined where that stays. */
  readonly currentContext?: string | undefined;
}
