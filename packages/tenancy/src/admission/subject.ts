import type { AdmissionAttributes } from '@kcp/admission';
import { type ApiError, forbiddenResource } from '@kcp/api-machinery';
import type { UserInfo } from '@kcp/auth';
import { MASTERS } from '@kcp/auth';
import type { Home } from '../buckets.ts';

/** True for a request about objects of a kind, or one of their sub-resources. */
export function isAbout({ resource }: AdmissionAttributes, { bucket }: Home): boolean {
  return resource.resource === bucket.resource && resource.group === bucket.group;
}

/** True for who may do what only the system does. */
export function isPrivileged({ groups }: UserInfo): boolean {
  return groups.includes(MASTERS);
}

/** 403 as admission plug-ins refuse; an object without a name is called Unknown (admission.NewForbidden). */
export function refused({ resource, name, object }: AdmissionAttributes, why: string): ApiError {
  const shown = name || (object?.metadata.name ?? '') || (object?.metadata.generateName ?? '') || 'Unknown';
  return forbiddenResource(resource, shown, why);
}
