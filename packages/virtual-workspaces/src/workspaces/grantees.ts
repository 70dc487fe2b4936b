import { effectiveUsers, type UserInfo } from '@kcp/auth';
import { parseName, systemAdmin, type LogicalCluster } from '@kcp/logical-cluster';
import type { StoredObject } from '@kcp/object-store';
import { identityValues, MANY, subjectValues } from './subject-index.ts';

/** How many logical clusters that somebody is confined to are looked at. */
const MOST_HOMES = 64;

const SCOPE = /cluster:([a-z0-9-]+)/g;

/**
 * By what the bindings are found that may be for somebody: all names that they can have, in their scopes and out of them, and those that they
 * bring warrants of. There may be too many of them, never too few.
 */
export class Grantees {
  readonly values: ReadonlySet<string>;
  /** Logical clusters that let them in without a binding: a service account's own. */
  readonly homes: readonly LogicalCluster[];

  constructor(user: UserInfo) {
    this.homes = homesOf(user);
    const identities = [systemAdmin, ...this.homes].flatMap((place) => effectiveUsers(user, place));
    this.values = new Set([MANY, ...[user, ...identities].flatMap(identityValues)]);
  }

  /** True where a ClusterRoleBinding may be for them. */
  isIn(binding: StoredObject): boolean {
    return subjectValues(binding.decode()).some((value) => this.values.has(value));
  }
}

/** Every logical cluster that something about somebody names. */
function homesOf({ extra }: UserInfo): readonly LogicalCluster[] {
  const values = Object.values(extra).flat();
  const scopes = values.flatMap((value) => [...value.matchAll(SCOPE)].map(([, name = '']) => name));
  const named = [...new Set([...values, ...scopes])].flatMap((name) => parseName(name) ?? []);
  return named.slice(0, MOST_HOMES);
}
