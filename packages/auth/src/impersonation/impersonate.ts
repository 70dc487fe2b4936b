import { ApiError } from '@kcp/api-machinery';
import { forbiddenError } from '../authorization/forbidden.ts';
import type { Attributes, Authorizer } from '../authorizer.ts';
import { parseServiceAccountUsername, serviceAccountGroups } from '../service-account.ts';
import type { UserInfo } from '../user.ts';
import { ANONYMOUS, AUTHENTICATED, NODES, UNAUTHENTICATED } from '../well-known.ts';
import { confine, guardImpersonation } from './gatekeeper.ts';
import { impersonationHeaders } from './headers.ts';
import type { HeaderLines } from './headers.ts';
import { modesFor, whileImpersonating } from './modes.ts';
import { questionsFor } from './questions.ts';
import type { Question, Wish } from './questions.ts';

/** Who asks to be somebody else, for which request. */
export interface ImpersonationRequest {
  readonly headers: HeaderLines;
  /** The request; its user is who asks. */
  readonly attributes: Attributes;
  readonly authorize: Authorizer;
}

/** True where a request carries headers that ask for another identity. Cheap; for the many requests that carry none. */
export function asksForImpersonation(headers: HeaderLines): boolean {
  for (const [name] of headers) {
    if (name.startsWith('impersonate-')) return true;
  }
  return false;
}

/**
 * Who a request is to count as; undefined where it does not ask to be somebody else. First kcp's gatekeeper, then
 * constrained impersonation (KEP-5284) and the older way, of which the first refusal is told, then confinement to the
 * logical cluster. Throws ApiError BadRequest or Forbidden.
 */
export async function impersonate(request: ImpersonationRequest): Promise<UserInfo | undefined> {
  const { attributes, authorize } = request;
  const lines = [...request.headers];
  guardImpersonation(attributes.user, wantedPower(lines));
  const wanted = impersonationHeaders(lines);
  if (!wanted) return undefined;
  let refusal: ApiError | undefined;
  for (const mode of modesFor(attributes.user, wanted)) {
    const wish: Wish = { mode, wanted, request: attributes };
    const why = await refusalOf(wish, authorize);
    if (!why) return confined(attributes, withGroups(wish));
    refusal ??= why;
  }
  throw refusal ?? new ApiError('Forbidden', 'forbidden: impersonation is invalid for the requestor', { details: {} });
}

/** What the gatekeeper looks at, also where no user is named. */
function wantedPower(lines: readonly (readonly [string, string])[]): Pick<UserInfo, 'groups' | 'extra'> {
  return impersonationHeaders([...lines, ['impersonate-user', ANONYMOUS]]) ?? { groups: [], extra: {} };
}

function confined({ user, cluster }: Attributes, impersonated: UserInfo): UserInfo {
  return typeof cluster === 'string' ? confine(user, impersonated, cluster) : impersonated;
}

async function refusalOf(wish: Wish, authorize: Authorizer): Promise<ApiError | undefined> {
  const { mode, request } = wish;
  const during = mode === 'legacy' ? undefined : await check(whileImpersonating(request, mode), authorize);
  if (during) return during;
  for (const question of questionsFor(wish)) {
    const why = await answer(question, authorize);
    if (why) return why;
  }
  return undefined;
}

async function answer({ each, all, never }: Question, authorize: Authorizer): Promise<ApiError | undefined> {
  if (never) return forbiddenError(never.attributes, never.why);
  if (all && !(await check(all, authorize))) return undefined;
  for (const attributes of each) {
    const why = await check(attributes, authorize);
    if (why) return why;
  }
  return undefined;
}

async function check(attributes: Attributes, authorize: Authorizer): Promise<ApiError | undefined> {
  const { kind, reason } = await authorize(attributes);
  return kind === 'allow' ? undefined : forbiddenError(attributes, reason);
}

/** The wanted identity with the groups that it has by its nature. */
function withGroups({ mode, wanted }: Wish): UserInfo {
  const groups = [...naturalGroups(mode, wanted)];
  if (wanted.name === ANONYMOUS) {
    if (!groups.includes(UNAUTHENTICATED)) groups.push(UNAUTHENTICATED);
  } else if (!groups.includes(UNAUTHENTICATED) && !groups.includes(AUTHENTICATED)) {
    groups.push(AUTHENTICATED);
  }
  return { ...wanted, groups };
}

function naturalGroups(mode: Wish['mode'], wanted: UserInfo): readonly string[] {
  if (wanted.groups.length > 0) return wanted.groups;
  if (mode === 'associated-node' || mode === 'arbitrary-node') return [NODES];
  const account = parseServiceAccountUsername(wanted.name);
  return account ? serviceAccountGroups(account.namespace) : [];
}
