import type { Sequel } from '@kcp/object-store';
import type { PreparedWrite, WriteRequest } from './write-request.ts';

/** What a commit makes beside the object that was asked for, and what becomes of that object once it is there. */
export interface Born {
  readonly writes: readonly PreparedWrite[];
  readonly sequels: readonly Sequel[];
}

/** What is born together with an object, in the same commit: of a Workspace its logical cluster. Declared here by who needs it; @kcp/tenancy fulfils it. */
export interface Companions {
  /**
   * Asked on every attempt of a create, once admission and validation agreed and before the commit. Undefined where the object comes
   * alone. Throws ApiError.
   */
  of(request: WriteRequest, created: PreparedWrite): Promise<Born> | undefined;
}
