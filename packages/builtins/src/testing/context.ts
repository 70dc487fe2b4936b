import type { JsonObject, KubeObject } from '@kcp/api-machinery';
import type { ServedResource, Strategy, WriteContext } from '@kcp/apiserver';
import type { UserInfo } from '@kcp/auth';
import { root } from '@kcp/logical-cluster';

/** Somebody in system:masters. */
export const admin: UserInfo = { name: 'admin', uid: '5', groups: ['system:masters'], extra: {} };

/** A request of the administrator in the namespace `ns` of root. */
export const context: WriteContext = {
  cluster: root,
  user: admin,
  namespace: 'ns',
  name: 'x',
  dryRun: false,
  now: '2026-01-02T03:04:05Z',
  warn: () => {},
};

/** An object as a client would send it, decoded and prepared for creation; its name is `x`. */
export function prepared(resource: ServedResource, fields: JsonObject, metadata: JsonObject = {}): KubeObject {
  const namespace = resource.namespaced ? { namespace: 'ns' } : {};
  const { object } = resource.decode({ metadata: { name: 'x', ...namespace, ...metadata }, ...fields });
  return resource.strategy.prepareForCreate?.(object, context) ?? object;
}

/** What a create is refused for: `field: message`, one line an error. */
export function createErrors(
  resource: ServedResource,
  fields: JsonObject,
  metadata: JsonObject = {},
): readonly string[] {
  const errors = resource.strategy.validateCreate?.(prepared(resource, fields, metadata), context) ?? [];
  return errors.map(({ field, message }) => `${field}: ${message}`);
}

/** What an update is refused for. */
export function updateErrors(
  strategy: Pick<Strategy, 'prepareForUpdate' | 'validateUpdate'>,
  object: KubeObject,
  old: KubeObject,
): readonly string[] {
  const next = strategy.prepareForUpdate?.(object, old, context) ?? object;
  const errors = strategy.validateUpdate?.(next, old, context) ?? [];
  return errors.map(({ field, message }) => `${field}: ${message}`);
}
