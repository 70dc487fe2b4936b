import type { KubeObject } from '@kcp/api-machinery';
import type { UpdateStrategy } from '../served-resource.ts';
import type { AdmissionView } from './admission-view.ts';
import type { WriteRequest } from './write-request.ts';

/** What an update makes of the object as it is: a PUT ignores it, a patch is applied to it. */
export type Change = (old: KubeObject) => KubeObject | Promise<KubeObject>;

/** An update: of the whole object, or of the part that a sub-resource's strategy lets through. */
export interface UpdateRequest extends WriteRequest {
  readonly strategy: UpdateStrategy;
  readonly change: Change;
  /** A PUT: what it says of uid is a precondition. */
  readonly replaces: boolean;
  /** Asked before what is not there is created; absent: it is not. Throws Forbidden. */
  readonly mayCreate?: () => void | Promise<void>;
  /** What admission is shown in place of the object; absent: the object. */
  readonly view?: AdmissionView;
  /** Without a resourceVersion whatever is there is overwritten. Patches always are. */
  readonly unconditional: boolean;
  /** False for the server's own controllers, that no slow webhook of a tenant shall hold up; true where left out. */
  readonly takesTurns?: boolean;
}

/** The object on its way through an update, and what it was. */
export interface Passage {
  readonly object: KubeObject;
  readonly old: KubeObject;
}
