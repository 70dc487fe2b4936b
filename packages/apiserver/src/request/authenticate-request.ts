import { parseBearer, ANONYMOUS, type Authentication, type Authenticator } from '@kcp/auth';
import type { Exchange } from '../exchange.ts';
import { socketToken } from './socket-credentials.ts';

const MALFORMED: Authentication = { kind: 'refused', why: 'malformed bearer token among the sub-protocols' };

/**
 * Who makes a request: by a front proxy, its certificate or its Authorization header; where these know nobody, by the token among
 * its sub-protocols, in this order (k8s.io/apiserver's union of request authenticators).
 */
export function authenticateRequest(
  authenticate: Authenticator,
  { request, cluster, path }: Pick<Exchange, 'request' | 'cluster' | 'path'>,
): Authentication | Promise<Authentication> {
  const { peer } = request;
  const { certificate, certificateError } = peer;
  const token = parseBearer(request.header('authorization'));
  const credentials = { token, certificate, certificateError, cluster, path, request, peer };
  const offered = socketToken(request.upgrade);
  if (offered.kind === 'none') return authenticate(credentials);
  const fallback = (): Authentication | Promise<Authentication> =>
    offered.kind === 'token'
      ? authenticate({ token: offered.token, certificate: undefined, cluster, path })
      : MALFORMED;
  if (token === undefined && certificate === undefined) return fallback();
  const asked = authenticate(credentials);
  const settle = (answer: Authentication) => (isKnown(answer) ? answer : fallback());
  return asked instanceof Promise ? asked.then(settle) : settle(asked);
}

function isKnown(answer: Authentication): boolean {
  return answer.kind === 'authenticated' && answer.user.name !== ANONYMOUS;
}
