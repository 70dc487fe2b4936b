import type { JsonObject } from '@kcp/api-machinery';
import { badRequest, objectAt, textAt, textsAt } from '@kcp/api-machinery';
import type { ServedResource } from '@kcp/apiserver';
import type { Authentication, Authenticator, UserInfo } from '@kcp/auth';
import { reviewResource } from './review-resource.ts';

const GROUP = 'authentication.k8s.io';

/** What token reviews need. */
export interface TokenReviewDeps {
  /** Says whose a token is; asked with the token and the logical cluster only. */
  readonly authenticate: Authenticator;
  /** For whom tokens are that name nobody. */
  readonly audiences: readonly string[];
}

function shownUser(user: UserInfo): JsonObject {
  return {
    username: user.name,
    ...(user.uid !== '' && { uid: user.uid }),
    ...(user.groups.length > 0 && { groups: user.groups }),
    ...(Object.keys(user.extra).length > 0 && { extra: user.extra }),
  };
}

function tokenStatus(found: Authentication, audiences: readonly string[]): JsonObject {
  if (found.kind === 'authenticated') {
    return { authenticated: true, user: shownUser(found.user), audiences: found.audiences ?? audiences };
  }
  return { user: {}, error: found.kind === 'refused' ? found.why : 'invalid bearer token' };
}

/** authentication.k8s.io/v1 tokenreviews: whose is a token. */
export function tokenReviews({ authenticate, audiences }: TokenReviewDeps): ServedResource {
  return reviewResource(GROUP, 'TokenReview', async (object, { cluster }) => {
    const spec = objectAt(object, 'spec');
    const token = textAt(spec, 'token');
    if (token === '') throw badRequest('token is required for TokenReview in authentication');
    const asked = textsAt(spec, 'audiences');
    const audiencesAsked = asked.length > 0 && { audiences: asked };
    const found = await authenticate({ token, certificate: undefined, cluster, ...audiencesAsked });
    return { ...object, status: tokenStatus(found, asked.length > 0 ? asked : audiences) };
  });
}

/** authentication.k8s.io/v1 selfsubjectreviews: who am I. */
export function selfSubjectReviews(): ServedResource {
  return reviewResource(GROUP, 'SelfSubjectReview', (object, { user, now }) => {
    return Promise.resolve({ ...object, metadata: { creationTimestamp: now }, status: { userInfo: shownUser(user) } });
  });
}
