import { ApiError } from '@kcp/api-machinery';
import {
  EXTERNAL_LOGICAL_CLUSTER_ADMIN,
  isLifecycleGroup,
  LOGICAL_CLUSTER_ADMIN,
  MASTERS,
  type Authentication,
  type Authenticator,
  type UserInfo,
} from '@kcp/auth';
import type { Request } from '@kcp/http';

/** Groups that nobody brings through a door by a certificate of its clients: they are for servers, or for one request. */
const CLOSED: ReadonlySet<string> = new Set([MASTERS, LOGICAL_CLUSTER_ADMIN, EXTERNAL_LOGICAL_CLUSTER_ADMIN]);

/** Who asks: somebody whom the server behind the door knows by what they send, or somebody whom the door knows by their certificate. */
export type Caller = { readonly kind: 'sender' } | { readonly kind: 'holder'; readonly user: UserInfo };

/** Finds out who asks. Throws Unauthorized for a certificate that is no good, Forbidden for one whose holder would be somebody else. */
export async function callerOf(request: Request, certificates: Authenticator | undefined): Promise<Caller> {
  const { certificate, certificateError } = request.peer;
  if (certificates === undefined || certificate === undefined) return { kind: 'sender' };
  const answer: Authentication = await certificates({
    token: undefined,
    certificate,
    certificateError,
    request,
    peer: request.peer,
  });
  if (answer.kind === 'none') return { kind: 'sender' };
  if (answer.kind === 'refused') throw new ApiError('Unauthorized', 'Unauthorized');
  for (const [name] of request.headers()) {
    if (name.startsWith('impersonate-'))
      throw new ApiError('Forbidden', 'forbidden: who is known by a certificate cannot impersonate here', {
        details: {},
      });
  }
  const { user } = answer;
  return { kind: 'holder', user: { ...user, groups: user.groups.filter((group) => !isClosed(group)) } };
}

function isClosed(group: string): boolean {
  return CLOSED.has(group) || isLifecycleGroup(group);
}

/** The headers by which the door asks the server to take a request as somebody's. */
export function impersonationOf({ name, uid, groups, extra }: UserInfo): Record<string, string | readonly string[]> {
  const extras = Object.entries(extra).map(
    ([key, values]) => [`impersonate-extra-${encodeURIComponent(key)}`, values] as const,
  );
  return {
    'impersonate-user': name,
    ...(uid !== '' && { 'impersonate-uid': uid }),
    ...(groups.length > 0 && { 'impersonate-group': groups }),
    ...Object.fromEntries(extras),
  };
}
