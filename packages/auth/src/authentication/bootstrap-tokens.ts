import { timingSafeEqual } from 'node:crypto';
import type { LogicalCluster } from '@kcp/logical-cluster';
import type { Authentication } from '../user.ts';
import { SCOPES_EXTRA } from '../well-known.ts';
import { tokenDigest, type Bearer } from './bearer.ts';
import { NOBODY } from './combine.ts';

/** The Secret of a bootstrap token, its data decoded (bootstrap.kubernetes.io/token). */
export interface BootstrapSecret {
  readonly type: string;
  /** True once it is being deleted. */
  readonly isTerminating: boolean;
  /** A value of its data as text; undefined where it has none. */
  data(key: string): string | undefined;
}

/** Finds a Secret in kube-system of one logical cluster. Synchronous, from the store. */
export type BootstrapSecretLookup = (cluster: LogicalCluster, name: string) => BootstrapSecret | undefined;

/** What bootstrap tokens are checked with. */
export interface BootstrapTokenOptions {
  readonly lookup: BootstrapSecretLookup;
  /** Now, in milliseconds since 1970. */
  readonly clock: () => number;
}

/** The type of their Secrets. */
export const BOOTSTRAP_TOKEN_TYPE = 'bootstrap.kubernetes.io/token';
/** Where their Secrets are. */
export const BOOTSTRAP_TOKEN_NAMESPACE = 'kube-system';
const SECRET_PREFIX = 'bootstrap-token-';
const TOKEN = /^([a-z0-9]{6})\.([a-z0-9]{16})$/;
const GROUP = 'system:bootstrappers';
const EXTRA_GROUP = /^system:bootstrappers:[a-z0-9:-]{0,255}[a-z0-9]$/;

/**
 * Knows bootstrap tokens, `id.secret` (authenticator/token/bootstrap), by the Secrets of the logical cluster that the request goes
 * to, and of no other. The user counts there only: its scope is that cluster, so that what one cluster's Secret vouches for is a
 * stranger in all others, whatever it is passed on to.
 */
export function bootstrapTokens({ lookup, clock }: BootstrapTokenOptions): (bearer: Bearer) => Authentication {
  return ({ token, cluster }) => {
    if (typeof cluster !== 'string') return NOBODY;
    const match = token.length === 23 ? TOKEN.exec(token) : null;
    if (!match) return NOBODY;
    const [, id = '', secret = ''] = match;
    const found = lookup(cluster, SECRET_PREFIX + id);
    if (!found || found.isTerminating || found.type !== BOOTSTRAP_TOKEN_TYPE) return NOBODY;
    if (!isSame(found.data('token-secret') ?? '', secret) || found.data('token-id') !== id) return NOBODY;
    const ends = bootstrapTokenEnd(found);
    if (ends !== undefined && !(clock() < ends)) return NOBODY;
    if (found.data('usage-bootstrap-authentication') !== 'true') return NOBODY;
    const groups = groupsOf(found.data('auth-extra-groups') ?? '');
    if (!groups) return NOBODY;
    const extra = { [SCOPES_EXTRA]: [`cluster:${cluster}`] };
    return { kind: 'authenticated', user: { name: `system:bootstrap:${id}`, uid: '', groups, extra } };
  };
}

/** When the token of a Secret ends, in milliseconds since 1970; undefined: never. One that cannot be read has ended long ago. */
export function bootstrapTokenEnd(secret: Pick<BootstrapSecret, 'data'>): number | undefined {
  const text = secret.data('expiration') ?? '';
  if (text === '') return undefined;
  const rfc3339 = /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?(Z|[+-]\d\d:\d\d)$/i.test(text);
  const end = rfc3339 ? Date.parse(text) : NaN;
  return Number.isNaN(end) ? -Infinity : end;
}

/** Digests have one length, so comparing them takes one time. */
function isSame(stored: string, shown: string): boolean {
  return timingSafeEqual(Buffer.from(tokenDigest(stored)), Buffer.from(tokenDigest(shown)));
}

/** The groups, sorted; undefined where one of them is not for a bootstrap token to have. */
function groupsOf(text: string): readonly string[] | undefined {
  if (text === '') return [GROUP];
  const extra = text.split(',');
  if (!extra.every((group) => EXTRA_GROUP.test(group))) return undefined;
  return [...new Set([GROUP, ...extra])].sort();
}
