import { ApiError, formatApiVersion, type KubeObject } from '@kcp/api-machinery';
import { clusterAnnotation, type Sequel } from '@kcp/object-store';
import type { UpdateRequest } from './update-request.ts';
import { passUpdate } from './update.ts';
import type { PreparedWrite, WriteDeps } from './write-request.ts';

/**
 * What an update makes of an object that is not there yet, for the commit that creates it: the same write path as for one that is. Undefined where the
 * update has to wait until it is there: programs elsewhere are not asked about what may not come to be, a refusal is not the create's,
 * and the object may be of another version.
 */
export async function prepareSequel(
  deps: WriteDeps,
  request: UpdateRequest,
  { write, object }: PreparedWrite,
): Promise<Sequel | undefined> {
  const { resource, context } = request;
  const isSame =
    object.apiVersion === formatApiVersion(resource.gvr) && resource.fingerprint === resource.storedFingerprint;
  if (write.kind !== 'create' || !isSame) return undefined;
  if (deps.admission.some((plugin) => plugin.asksOthers?.(context.cluster) ?? false)) return undefined;
  try {
    const { object: next } = await passUpdate(deps, request, asStored(object, context.cluster));
    const { bucket, key } = write;
    return { bucket, key, object: await resource.toStored(next), fingerprint: resource.storedFingerprint };
  } catch (error) {
    if (error instanceof ApiError) return undefined;
    throw error;
  }
}

/** With what the store adds to it; its revision nobody knows yet. */
function asStored(object: KubeObject, cluster: string): KubeObject {
  const annotations = { ...object.metadata.annotations, [clusterAnnotation]: cluster };
  return { ...object, metadata: { ...object.metadata, annotations, resourceVersion: '0' } };
}
