import { ApiError, listAt, objectAt, optionalObjectAt, textAt, textsAt, type KubeObject } from '@kcp/api-machinery';
import { attributesOf, type Exchange, type Passage } from '@kcp/apiserver';
import { decodeRules, isLifecycleGroup, rulesAllow, type Attributes, type PolicyRule, type UserInfo } from '@kcp/auth';
import type { LogicalCluster } from '@kcp/logical-cluster';
import type { ObjectReader } from '@kcp/object-store';
import { storedLogicalCluster, workspaceTypes } from '@kcp/tenancy';
import { lifecycleGroup, waitsFor, type LifecycleKind } from './lifecycle-kind.ts';
import { isOwn, lifecycleType } from './lifecycle-type.ts';

/** Whose passage it is, and where to. */
export interface PassageParts {
  readonly store: Pick<ObjectReader, 'synced' | 'get'>;
  readonly kind: LifecycleKind;
  readonly name: string;
  readonly cluster: LogicalCluster;
}

/**
 * Lets a controller into the content of a logical cluster that waits for it: where its type says which rules it needs, as itself and confined to
 * them; else as the owner of the workspace.
 */
export function contentPassage(parts: PassageParts): Passage {
  return { kind: 'passage', enter: (exchange) => enter(parts, exchange) };
}

async function enter(parts: PassageParts, exchange: Exchange): Promise<UserInfo> {
  const { store, kind, name, cluster } = parts;
  const waiting = store.synced();
  if (waiting) await waiting;
  const object = storedLogicalCluster(store, cluster)?.decode();
  if (object === undefined || !waitsFor(kind, name, object)) throw closed(parts);
  const rules = rulesOf(parts);
  return rules.length > 0 ? ruled(parts, exchange, rules) : ownerOf(object);
}

/** The same whether there is no such logical cluster, or it does not wait for this controller, or not any more. */
function closed({ kind, name }: PassageParts): ApiError {
  return refused(`${kind.role} ${JSON.stringify(name)} cannot access this workspace`);
}

function refused(why: string): ApiError {
  return new ApiError('Forbidden', why, { details: {} });
}

/** Without the type it is not known what its controller is confined to: then nobody goes on. */
function rulesOf({ store, kind, name }: PassageParts): readonly PolicyRule[] {
  const type = lifecycleType(name);
  if (type !== undefined && isOwn(type)) return [];
  const stored = type && store.get(workspaceTypes.bucket, { ...type, namespace: '' });
  if (stored === undefined)
    throw new ApiError('ServiceUnavailable', `the WorkspaceType of ${kind.role} ${JSON.stringify(name)} is not there`);
  return decodeRules(listAt(objectAt(stored.decode(), 'spec'), kind.permissions));
}

function ruled({ kind, name }: PassageParts, exchange: Exchange, rules: readonly PolicyRule[]): UserInfo {
  const attributes = attributesOf(exchange);
  if (!rulesAllow(rules, attributes))
    throw refused(
      `${kind.role} ${JSON.stringify(name)} denied by ${kind.permissions}: no rule allows ${attributes.verb} on ${described(attributes)}`,
    );
  const { user } = exchange;
  // what somebody brings along of such groups would speak for other controllers
  const groups = user.groups.filter((group) => !isLifecycleGroup(group));
  return { ...user, groups: [lifecycleGroup(kind, name), ...groups] };
}

function described(attributes: Attributes): string {
  if (attributes.kind === 'path') return attributes.path;
  const { group, resource, subresource, name, namespace } = attributes;
  const what = `${group || 'core'}/${resource}${subresource && `/${subresource}`}`;
  return `${what}${name && ` (${name})`}${namespace && ` in namespace ${namespace}`}`;
}

/** Who asked for the workspace, as it was written down then. */
function ownerOf(object: KubeObject): UserInfo {
  const createdBy = optionalObjectAt(objectAt(object, 'spec'), 'createdBy');
  const name = createdBy && textAt(createdBy, 'username');
  if (createdBy === undefined || name === undefined || name === '')
    throw refused('the workspace was made for nobody: there is no owner to act as');
  const extra = Object.keys(objectAt(createdBy, 'extra')).map((key) => [
    key,
    textsAt(objectAt(createdBy, 'extra'), key),
  ]);
  return {
    name,
    uid: textAt(createdBy, 'uid'),
    groups: textsAt(createdBy, 'groups'),
    extra: Object.fromEntries(extra),
  };
}
