import type { JsonObject, KubeObject } from '@kcp/api-machinery';
import { invalid, objectAt, optionalObjectAt, textAt, textsAt } from '@kcp/api-machinery';
import { decisionText, type ServedResource, type WriteContext } from '@kcp/apiserver';
import type { Attributes, Authorization, Authorizer, RecordDecision, UserInfo } from '@kcp/auth';
import { accessReviewErrors, ignoredSelectors, shownPathRequest } from './access-review-validation.ts';
import { metadataErrors, refuseReview, reviewResource } from './review-resource.ts';

const GROUP = 'authorization.k8s.io';

function askedUser(spec: JsonObject): UserInfo {
  const extra = objectAt(spec, 'extra');
  return {
    name: textAt(spec, 'user'),
    uid: textAt(spec, 'uid'),
    groups: textsAt(spec, 'groups'),
    extra: Object.fromEntries(Object.keys(extra).map((key) => [key.toLowerCase(), textsAt(extra, key)])),
  };
}

function attributesOf(spec: JsonObject, user: UserInfo, { cluster }: WriteContext): Attributes {
  const path = optionalObjectAt(spec, 'nonResourceAttributes');
  if (path !== undefined)
    return { kind: 'path', user, cluster, verb: textAt(path, 'verb'), path: textAt(path, 'path') };
  const resource = objectAt(spec, 'resourceAttributes');
  const [verb, group, version] = [textAt(resource, 'verb'), textAt(resource, 'group'), textAt(resource, 'version')];
  return {
    kind: 'resource',
    user,
    cluster,
    verb,
    group,
    version,
    resource: textAt(resource, 'resource'),
    subresource: textAt(resource, 'subresource'),
    namespace: textAt(resource, 'namespace'),
    name: textAt(resource, 'name'),
  };
}

async function statusOf(authorize: Authorizer, attributes: Attributes, evaluationError: string): Promise<JsonObject> {
  const { kind, reason, error } = await authorize(attributes);
  const wrong = [evaluationError, error?.message ?? ''].filter((text) => text !== '').join(', ');
  return {
    allowed: kind === 'allow',
    ...(kind === 'deny' && { denied: true }),
    ...(reason !== '' && { reason }),
    ...(wrong !== '' && { evaluationError: wrong }),
  };
}

/** A review about the user that it names, or about who asks. */
interface AccessReview {
  readonly object: KubeObject;
  readonly user: (spec: JsonObject) => UserInfo;
}

async function answered(authorize: Authorizer, review: AccessReview, context: WriteContext): Promise<KubeObject> {
  const { object } = review;
  const spec = objectAt(object, 'spec');
  const attributes = attributesOf(spec, review.user(spec), context);
  return { ...object, status: await statusOf(authorize, attributes, ignoredSelectors(spec)) };
}

/**
 * authorization.k8s.io/v1 subjectaccessreviews: may somebody do something; asked deeply, could they, were they let in. Each step of
 * the decision is written down, as kcp does for these reviews.
 */
export function subjectAccessReviews({ authorize, authorizeInside }: Authorization): ServedResource {
  return reviewResource(GROUP, 'SubjectAccessReview', (object, context) => {
    refuseReview(GROUP, [...accessReviewErrors(objectAt(object, 'spec'), true), ...metadataErrors(object, '')]);
    const ask: Authorizer = (attributes) => {
      const isDeep = context.isDeep === true && !(attributes.kind === 'resource' && attributes.group === GROUP);
      return (isDeep ? authorizeInside : authorize)(recordedBy(context, attributes));
    };
    return answered(ask, { object, user: askedUser }, context);
  });
}

function recordedBy(context: WriteContext, attributes: Attributes): Attributes {
  if (context.annotate === undefined) return attributes;
  const annotate = (fact: string, value: string): void => context.annotate?.(fact, value);
  const record: RecordDecision = (step, { kind, reason }) => {
    annotate(`sar.auth.kcp.io/${step}-decision`, decisionText(kind));
    annotate(`sar.auth.kcp.io/${step}-reason`, reason);
  };
  return { ...attributes, record };
}

/** authorization.k8s.io/v1 selfsubjectaccessreviews: may I do something. */
export function selfSubjectAccessReviews(authorize: Authorizer): ServedResource {
  return reviewResource(GROUP, 'SelfSubjectAccessReview', (object, context) => {
    refuseReview(GROUP, [...accessReviewErrors(objectAt(object, 'spec'), false), ...metadataErrors(object, '')]);
    return answered(authorize, { object, user: () => context.user }, context);
  });
}

/** authorization.k8s.io/v1 localsubjectaccessreviews: may somebody do something in this namespace. */
export function localSubjectAccessReviews(authorize: Authorizer): ServedResource {
  return reviewResource(GROUP, 'LocalSubjectAccessReview', (given, context) => {
    const { namespace } = context;
    const object = { ...given, metadata: { ...given.metadata, namespace: given.metadata.namespace ?? namespace } };
    const spec = objectAt(object, 'spec');
    const errors = [...accessReviewErrors(spec, true), ...metadataErrors(object, namespace)];
    const [resource, path] = [
      optionalObjectAt(spec, 'resourceAttributes'),
      optionalObjectAt(spec, 'nonResourceAttributes'),
    ];
    const asked = resource === undefined ? namespace : textAt(resource, 'namespace');
    if (asked !== namespace) {
      errors.push(invalid('spec.resourceAttributes.namespace', asked, 'must match metadata.namespace'));
    }
    if (path !== undefined) {
      const why = 'disallowed on this kind of request';
      errors.push(invalid('spec.nonResourceAttributes', shownPathRequest(path), why));
    }
    refuseReview(GROUP, errors);
    return answered(authorize, { object, user: askedUser }, context);
  });
}
