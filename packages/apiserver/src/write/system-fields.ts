import { generateName, type KubeObject, type ObjectMeta } from '@kcp/api-machinery';
import type { WriteContext } from '../served-resource.ts';
import type { WriteDeps } from './write-request.ts';

/** Metadata that only the server writes, of a new object (k8s.io/apiserver rest.FillObjectMetaSystemFields). */
export function fillSystemFields(
  object: KubeObject,
  context: WriteContext,
  deps: Pick<WriteDeps, 'random' | 'newUid'>,
): KubeObject {
  const {
    selfLink: _s,
    resourceVersion: _r,
    deletionTimestamp: _d,
    deletionGracePeriodSeconds: _g,
    ...kept
  } = object.metadata;
  const metadata: ObjectMeta = { ...kept, uid: deps.newUid(), creationTimestamp: context.now };
  if ((metadata.name ?? '') === '' && metadata.generateName !== undefined && metadata.generateName !== '') {
    metadata.name = generateName(metadata.generateName, (limit) => Math.floor(deps.random() * limit));
  }
  return { ...object, metadata };
}

/** Metadata that an update cannot change, taken over from the object as it is (rest.BeforeUpdate, ValidateObjectMetaUpdate). */
export function keepSystemFields(object: KubeObject, old: KubeObject): KubeObject {
  const { selfLink: _s, generation: _g, ...kept } = object.metadata;
  const metadata: ObjectMeta = { ...kept };
  const was = old.metadata;
  if ((metadata.uid ?? '') === '' && was.uid !== undefined) metadata.uid = was.uid;
  if (was.creationTimestamp !== undefined) metadata.creationTimestamp = was.creationTimestamp;
  if (was.deletionTimestamp !== undefined) metadata.deletionTimestamp = was.deletionTimestamp;
  if (was.deletionGracePeriodSeconds !== undefined && metadata.deletionGracePeriodSeconds === undefined) {
    metadata.deletionGracePeriodSeconds = was.deletionGracePeriodSeconds;
  }
  if (was.generation !== undefined) metadata.generation = was.generation;
  if ((metadata.resourceVersion ?? '') === '' && was.resourceVersion !== undefined)
    metadata.resourceVersion = was.resourceVersion;
  return { ...object, metadata };
}
