import { ApiError, isPrintable, type JsonObject, type KubeObject } from '@kcp/api-machinery';
import { updateManagedFields } from '@kcp/patch';
import { Pace } from '../verbs/breathe.ts';
import { managedType, ownedWrite, type OwnedWrite } from './managed-type.ts';
import type { WriteRequest } from './write-request.ts';

/** At most so many bytes of a user agent stand for a manager (metav1 FieldManagerMaxLength). */
const MAX_MANAGER_BYTES = 128;

/** Who a request's changes belong to: the field manager that it names, else the program that sends it. */
export function fieldManager(named: string, userAgent: string | undefined): string {
  if (named !== '') return named;
  const program = (userAgent ?? '').split('/', 1)[0] ?? '';
  let manager = '';
  let bytes = 0;
  for (const character of program) {
    if (!isPrintable(character)) continue;
    bytes += Buffer.byteLength(character);
    if (bytes > MAX_MANAGER_BYTES) break;
    manager += character;
  }
  return manager;
}

/**
 * Notes whose the fields are that a write changes, before admission changes more (Go package managedfields, FieldManager).
 * `old` is absent for what is created. What was applied says so itself.
 */
export function trackFields(object: KubeObject, request: WriteRequest, old?: KubeObject): Promise<KubeObject> {
  const { manager, context } = request;
  if (request.dropsManagedFields === true) return Promise.resolve(withManagedFields(object, undefined));
  return manager === undefined
    ? Promise.resolve(object)
    : trackOwned(ownedWrite(request), { object, old, manager, now: context.now });
}

/** A write whose fields get owners. */
export interface TrackedWrite {
  readonly object: KubeObject;
  /** Absent for what is created. */
  readonly old?: KubeObject | undefined;
  readonly manager: string;
  /** The time of the request, RFC 3339 with seconds. */
  readonly now: string;
}

/** The object of a write with its managed fields; as it is where nobody owns fields. */
export async function trackOwned(write: OwnedWrite, { object, old, manager, now }: TrackedWrite): Promise<KubeObject> {
  const type = managedType(write);
  if (type === undefined) return object;
  const pace = new Pace();
  const breathe = (): Promise<void> | undefined => (pace.isOver ? pace.breathe() : undefined);
  const update = { live: old ?? type.empty, next: object, manager, now, breathe };
  return withManagedFields(object, await updateManagedFields(type, update));
}

/** An object with these managed fields; without any where they are undefined. */
export function withManagedFields(object: KubeObject, managedFields: readonly JsonObject[] | undefined): KubeObject {
  const { managedFields: _, ...metadata } = object.metadata;
  return { ...object, metadata: { ...metadata, ...(managedFields && { managedFields }) } };
}

/** Does a write; one that is too large is done once more without managed fields, which may be large (k8s.io/apiserver handlers). */
export async function withoutTooMuch<Request extends WriteRequest, T>(
  request: Request,
  write: (request: Request) => Promise<T>,
): Promise<T> {
  try {
    return await write(request);
  } catch (error) {
    const isTooLarge = error instanceof ApiError && error.reason === 'RequestEntityTooLarge';
    if (!isTooLarge || request.resource.ownership === undefined) throw error;
    return write({ ...request, dropsManagedFields: true });
  }
}
