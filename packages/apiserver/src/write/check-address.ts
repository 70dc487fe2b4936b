import { badRequest, conflict, type KubeObject } from '@kcp/api-machinery';
import { storageKey } from '@kcp/object-store';
import type { Passage, UpdateRequest } from './update-request.ts';
import { keyOf } from './write-request.ts';

/** Throws BadRequest for an object that is called otherwise than the URL says. */
export function checkName(object: KubeObject, name: string): void {
  const own = object.metadata.name ?? '';
  if (own === '')
    throw badRequest(`the name of the object (${name} based on URL) was undeterminable: name must be provided`);
  if (own !== name) throw badRequest(`the name of the object (${own}) does not match the name on the URL (${name})`);
}

/** The object, in the namespace that the URL names. Throws BadRequest where it says that it is elsewhere. */
export function checkAddress({ object }: Passage, { resource, context }: UpdateRequest): KubeObject {
  checkName(object, context.name);
  const { namespace = '' } = object.metadata;
  if (!resource.namespaced || namespace === context.namespace) return object;
  if (namespace !== '')
    throw badRequest('the namespace of the provided object does not match the namespace sent on the request');
  return { ...object, metadata: { ...object.metadata, namespace: context.namespace } };
}

/** A PUT of an object with a uid is meant for that object and no later one of the name. Throws Conflict. */
export function checkUid({ object, old }: Passage, request: UpdateRequest): KubeObject {
  const { resource, replaces, context } = request;
  const { uid = '' } = object.metadata;
  if (!replaces || uid === '' || uid === old.metadata.uid) return object;
  const why = `Precondition failed: UID in precondition: ${uid}, UID in object meta: ${old.metadata.uid}`;
  const key = storageKey(resource.bucket, keyOf(request));
  throw conflict(
    resource.gvr,
    context.name,
    `StorageError: invalid object, Code: 4, Key: ${key}, ResourceVersion: 0, AdditionalErrorMsg: ${why}`,
  );
}
