import { isEffectivelyIn, MASTERS } from '@kcp/auth';
import type { Exchange } from '../exchange.ts';

const HEADER = 'x-kcp-internal-deep-subjectaccessreview';
const GROUP = 'authorization.k8s.io';

/**
 * True where a request asks by header what somebody could, were they let into the logical cluster. Only masters may, and only in
 * subject access reviews; of others the header means nothing (kcp's WithDeepSubjectAccessReview).
 */
export function isDeepReview({ request, info, cluster, user }: Exchange): boolean {
  if (info.kind !== 'resource' || info.group !== GROUP || info.resource !== 'subjectaccessreviews') return false;
  if (request.header(HEADER) !== 'true' || typeof cluster !== 'string') return false;
  return isEffectivelyIn(user, cluster, MASTERS);
}
