import type { PreparedWrite, WriteRequest } from './write-request.ts';

/** What is held while an object is being created that a quota counts; disposing of it lets the next writer count. */
export interface Reservation extends Disposable {
  /** Written in the same commit as the object. */
  readonly companions: readonly PreparedWrite[];
}

/** Counts objects, so that no more are created than may be. Declared here by who needs it; @kcp/builtins fulfils it. */
export interface Quota {
  /** Undefined where nothing counts the object. Throws Forbidden where there may be no more of them. */
  reserve(request: WriteRequest): Promise<Reservation> | undefined;
}
