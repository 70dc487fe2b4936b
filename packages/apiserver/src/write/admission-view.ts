import type { GroupVersionKind, JsonObject, KubeObject } from '@kcp/api-machinery';

/** What admission is shown in place of an object that a sub-resource writes in another form: a Scale. */
export interface AdmissionView {
  readonly kind: GroupVersionKind;
  show(object: KubeObject): KubeObject;
  /** The object with what admission made of the view. */
  take(object: KubeObject, shown: KubeObject): KubeObject;
  /** JSON as the view's kind reads it. Throws ApiError BadRequest. */
  decode(raw: JsonObject): KubeObject;
}
