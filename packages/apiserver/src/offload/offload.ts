/**
 * Work that may be done elsewhere: a pure function of plain data (texts, bytes, JSON), known by its name on both sides. It
 * shares nothing with who asks for it: what it takes and gives is copied. What it throws as ApiError arrives as such.
 */
export interface Job<Input, Output> {
  readonly name: string;
  run(input: Input): Output;
}

/** For whom a job is done, and how much it is given. */
export interface JobOrder {
  /** The logical cluster that has it done: none gets more than its share. */
  readonly owner: string;
  /** Bytes of the input, for the bound on what waits. */
  readonly bytes: number;
}

/**
 * Where work is done that would hold up everybody: bodies of megabytes, the validation of large definitions. Rejects with what the
 * job throws; with ApiError TooManyRequests where too much waits already, Timeout where a job takes too long, InternalError where
 * the place in which it was done is gone. Who has a little to do does it at once and asks nobody.
 */
export interface Offload {
  run<Input, Output>(job: Job<Input, Output>, input: Input, order: JobOrder): Promise<Output>;
}

/** From this size on, in bytes, bodies are work for elsewhere. */
export const LARGE_BODY = 256 * 1024;
