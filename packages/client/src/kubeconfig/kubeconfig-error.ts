/** Where in a kubeconfig something is wrong; each part where it is known. */
export interface KubeconfigPlace {
  readonly file?: string | undefined;
  readonly context?: string | undefined;
  /** As in `users["admin"].user.token`. */
  readonly field?: string | undefined;
}

/** A kubeconfig that cannot be read, or that does not say what is needed. The message begins with the place; it names no secret. */
export class KubeconfigError extends Error {
  override readonly name = 'KubeconfigError';
  readonly file: string | undefined;
  readonly context: string | undefined;
  readonly field: string | undefined;

  constructor(what: string, place: KubeconfigPlace = {}, cause?: unknown) {
    const { file, context, field } = place;
    const parts = [file, context === undefined ? undefined : `context ${JSON.stringify(context)}`, field, what];
    super(parts.filter((part) => part !== undefined).join(': '), cause === undefined ? undefined : { cause });
    this.file = file;
    this.context = context;
    this.field = field;
  }
}
