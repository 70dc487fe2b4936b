import { stringifyJson, type KubeObject } from '@kcp/api-machinery';
import type { ObjectChange, StoredObject } from '@kcp/object-store';

/** A Workspace that somebody sees from now on: nothing of it changed but who may enter, so it has the resourceVersion that updates must name. */
export function appeared(workspace: StoredObject, revision: number): ObjectChange {
  return { kind: 'put', object: { ...bytesOf(workspace), revision }, previous: undefined, rendered: new Map() };
}

/** A Workspace that somebody sees no more: told as gone, in its last state with the revision at which it went. */
export function disappeared(workspace: StoredObject, revision: number): ObjectChange {
  const object = workspace.decode();
  const last = { ...object, metadata: { ...object.metadata, resourceVersion: String(revision) } };
  return {
    kind: 'delete',
    object: { ...written(workspace, last), revision },
    previous: workspace,
    rendered: new Map(),
  };
}

/** The same object and bytes. */
function bytesOf(stored: StoredObject): Omit<StoredObject, 'revision'> {
  const { bucket, key, fingerprint, hasFinalizers, hasOwners, isTerminating, jsonSize, itemSize } = stored;
  return {
    ...{ bucket, key, fingerprint, hasFinalizers, hasOwners, isTerminating, jsonSize, itemSize },
    get finalizers() {
      return stored.finalizers;
    },
    json: () => stored.json(),
    item: () => stored.item(),
    copyJson: (target, at) => stored.copyJson(target, at),
    copyItem: (target, at) => stored.copyItem(target, at),
    decode: () => stored.decode(),
  };
}

/** Bytes of no schema: whoever serves them reads the object. */
const NO_FINGERPRINT = '';

function written(stored: StoredObject, object: KubeObject): Omit<StoredObject, 'revision'> {
  const bytes = Buffer.from(stringifyJson(object));
  const copy = (target: Buffer, at: number): number => at + bytes.copy(target, at);
  return {
    ...bytesOf(stored),
    fingerprint: NO_FINGERPRINT,
    jsonSize: bytes.byteLength,
    itemSize: bytes.byteLength,
    json: () => bytes,
    item: () => bytes,
    copyJson: copy,
    copyItem: copy,
    decode: () => object,
  };
}
