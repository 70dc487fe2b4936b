import { list, map, struct } from '../table.ts';
import { ObjectMeta } from './meta.ts';

const V1 = 'io.k8s.api.authentication.v1';

const UserInfo = struct(`${V1}.UserInfo`, 'Who somebody is.', () => ({
  username: [1, 'string', 'filled', 'Name, unique among all users.'],
  uid: [2, 'string', 'filled', 'Identity in time.'],
  groups: [3, list('string'), 'filled', 'Groups.'],
  extra: [4, map(list('string')), 'filled', 'What else the authenticator knows.'],
}));

const TokenReviewSpec = struct(`${V1}.TokenReviewSpec`, 'What to look at.', () => ({
  token: [1, 'string', 'filled', 'The bearer token.', { required: true }],
  audiences: [2, list('string'), 'filled', "For whom the token must be; the server's own audiences if not given."],
}));

const TokenReviewStatus = struct(`${V1}.TokenReviewStatus`, 'What was found.', () => ({
  authenticated: [1, 'bool', 'filled', 'Whether the token is good.'],
  user: [2, UserInfo, 'always', 'Whose it is.'],
  audiences: [4, list('string'), 'filled', 'Which of the audiences it is for.'],
  error: [3, 'string', 'filled', 'Why it could not be looked at.'],
}));

/** authentication.k8s.io/v1 TokenReview. */
export const TokenReview = struct(`${V1}.TokenReview`, 'Asks whose a token is.', () => ({
  metadata: [1, ObjectMeta, 'always', 'Standard object metadata.'],
  spec: [2, TokenReviewSpec, 'required', 'What to look at.'],
  status: [3, TokenReviewStatus, 'always', 'What was found.'],
}));

const SelfSubjectReviewStatus = struct(`${V1}.SelfSubjectReviewStatus`, 'Who asks.', () => ({
  userInfo: [1, UserInfo, 'always', 'Who asks.'],
}));

/** authentication.k8s.io/v1 SelfSubjectReview. */
export const SelfSubjectReview = struct(`${V1}.SelfSubjectReview`, 'Asks who one is to the server.', () => ({
  metadata: [1, ObjectMeta, 'always', 'Standard object metadata.'],
  status: [2, SelfSubjectReviewStatus, 'always', 'Who asks.'],
}));

const BoundObjectReference = struct(`${V1}.BoundObjectReference`, 'An object with which a token dies.', () => ({
  kind: [1, 'string', 'filled', 'Its kind: Pod or Secret.'],
  apiVersion: [2, 'string', 'filled', 'Its API version.'],
  name: [3, 'string', 'filled', 'Its name.'],
  uid: [4, 'string', 'filled', 'Its UID.'],
}));

const TokenRequestSpec = struct(`${V1}.TokenRequestSpec`, 'What token is wanted.', () => ({
  audiences: [1, list('string'), 'required', "For whom it is; the server's own audiences if not given."],
  expirationSeconds: [4, 'int64', 'nullable', 'For how long; an hour if not given.'],
  boundObjectRef: [3, BoundObjectReference, 'nullable', 'An object with which it dies.'],
}));

const TokenRequestStatus = struct(`${V1}.TokenRequestStatus`, 'The token.', () => ({
  token: [1, 'string', 'required', 'The bearer token.'],
  expirationTimestamp: [2, 'time', 'required', 'When it ends.'],
}));

/** authentication.k8s.io/v1 TokenRequest. */
export const TokenRequest = struct(`${V1}.TokenRequest`, 'Asks for a token of a service account.', () => ({
  metadata: [1, ObjectMeta, 'always', 'Standard object metadata.'],
  spec: [2, TokenRequestSpec, 'required', 'What token is wanted.'],
  status: [3, TokenRequestStatus, 'always', 'The token.'],
}));
