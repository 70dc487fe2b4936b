import type { WriteCondition } from '@kcp/object-store';
import type { KubeObject } from '@kcp/api-machinery';
import type { WriteRequest } from './write-request.ts';

/**
 * What everything that is created in a logical cluster stands on. Declared here by who needs it; @kcp/tenancy fulfils it: nothing is
 * created where a logical cluster ends, nor after it.
 */
export interface Standing {
  /**
   * Asked before admission. What it gives must still be so when the object is committed; where it changed meanwhile the create is made
   * anew, where it is gone it is refused. Throws Forbidden where nothing may be created any more.
   */
  of(request: WriteRequest, object: KubeObject): WriteCondition;
}
