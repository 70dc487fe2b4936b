import { list, map, struct } from '../table.ts';
import { FieldSelectorRequirement, LabelSelectorRequirement, ObjectMeta } from './meta.ts';

const V1 = 'io.k8s.api.authorization.v1';

const FieldSelectorAttributes = struct(`${V1}.FieldSelectorAttributes`, 'A field selector of the request.', () => ({
  rawSelector: [1, 'string', 'filled', 'As a query has it.'],
  requirements: [2, list(FieldSelectorRequirement), 'filled', 'The same, parsed; one of the two.'],
}));

const LabelSelectorAttributes = struct(`${V1}.LabelSelectorAttributes`, 'A label selector of the request.', () => ({
  rawSelector: [1, 'string', 'filled', 'As a query has it.'],
  requirements: [2, list(LabelSelectorRequirement), 'filled', 'The same, parsed; one of the two.'],
}));

const ResourceAttributes = struct(`${V1}.ResourceAttributes`, 'A request for a resource.', () => ({
  namespace: [1, 'string', 'filled', 'Namespace; empty means all, or none for cluster-scoped resources.'],
  verb: [2, 'string', 'filled', 'Verb; * is all.'],
  group: [3, 'string', 'filled', 'API group; * is all.'],
  version: [4, 'string', 'filled', 'API version; * is all.'],
  resource: [5, 'string', 'filled', 'Resource; * is all.'],
  subresource: [6, 'string', 'filled', 'Sub-resource; empty for the resource itself.'],
  name: [7, 'string', 'filled', 'Name; empty means all.'],
  fieldSelector: [8, FieldSelectorAttributes, 'pointer', 'Field selector of the request.'],
  labelSelector: [9, LabelSelectorAttributes, 'pointer', 'Label selector of the request.'],
}));

const NonResourceAttributes = struct(`${V1}.NonResourceAttributes`, 'A request for a URL path.', () => ({
  path: [1, 'string', 'filled', 'URL path.'],
  verb: [2, 'string', 'filled', 'HTTP verb in lower case.'],
}));

const SubjectAccessReviewSpec = struct(`${V1}.SubjectAccessReviewSpec`, 'Who wants to do what.', () => ({
  resourceAttributes: [1, ResourceAttributes, 'pointer', 'A request for a resource; this or nonResourceAttributes.'],
  nonResourceAttributes: [2, NonResourceAttributes, 'pointer', 'A request for a URL path.'],
  user: [3, 'string', 'filled', 'User; this or groups must be given.'],
  groups: [4, list('string'), 'filled', 'Groups of the user.'],
  extra: [5, map(list('string')), 'filled', 'What else is known of the user.'],
  uid: [6, 'string', 'filled', 'UID of the user.'],
}));

const SelfSubjectAccessReviewSpec = struct(`${V1}.SelfSubjectAccessReviewSpec`, 'What one wants to do.', () => ({
  resourceAttributes: [1, ResourceAttributes, 'pointer', 'A request for a resource; this or nonResourceAttributes.'],
  nonResourceAttributes: [2, NonResourceAttributes, 'pointer', 'A request for a URL path.'],
}));

const SubjectAccessReviewStatus = struct(`${V1}.SubjectAccessReviewStatus`, 'Whether it may be done.', () => ({
  allowed: [1, 'bool', 'required', 'Whether it is allowed.'],
  denied: [4, 'bool', 'filled', 'Whether it is refused for good; false with allowed false: nobody allows it.'],
  reason: [2, 'string', 'filled', 'Why, for humans.'],
  evaluationError: [3, 'string', 'filled', 'What went wrong in deciding.'],
}));

/** authorization.k8s.io/v1 SubjectAccessReview. */
export const SubjectAccessReview = struct(
  `${V1}.SubjectAccessReview`,
  'Asks whether somebody may do something.',
  () => ({
    metadata: [1, ObjectMeta, 'always', 'Standard object metadata.'],
    spec: [2, SubjectAccessReviewSpec, 'required', 'Who wants to do what.'],
    status: [3, SubjectAccessReviewStatus, 'always', 'Whether they may.'],
  }),
);

/** authorization.k8s.io/v1 SelfSubjectAccessReview. */
export const SelfSubjectAccessReview = struct(
  `${V1}.SelfSubjectAccessReview`,
  'Asks whether one may do something.',
  () => ({
    metadata: [1, ObjectMeta, 'always', 'Standard object metadata.'],
    spec: [2, SelfSubjectAccessReviewSpec, 'required', 'What one wants to do.'],
    status: [3, SubjectAccessReviewStatus, 'always', 'Whether one may.'],
  }),
);

/** authorization.k8s.io/v1 LocalSubjectAccessReview. */
export const LocalSubjectAccessReview = struct(
  `${V1}.LocalSubjectAccessReview`,
  'Asks whether somebody may do something in a namespace.',
  () => ({
    metadata: [1, ObjectMeta, 'always', 'Standard object metadata.'],
    spec: [2, SubjectAccessReviewSpec, 'required', 'Who wants to do what; the namespace is the one of the request.'],
    status: [3, SubjectAccessReviewStatus, 'always', 'Whether they may.'],
  }),
);

const ResourceRule = struct(`${V1}.ResourceRule`, 'Verbs on resources.', () => ({
  verbs: [1, list('string'), 'required', 'Verbs; * is all.'],
  apiGroups: [2, list('string'), 'filled', 'API groups; * is all.'],
  resources: [3, list('string'), 'filled', 'Resources; * is all.'],
  resourceNames: [4, list('string'), 'filled', 'Names; none means all.'],
}));

const NonResourceRule = struct(`${V1}.NonResourceRule`, 'Verbs on URL paths.', () => ({
  verbs: [1, list('string'), 'required', 'Verbs; * is all.'],
  nonResourceURLs: [2, list('string'), 'filled', 'URL paths.'],
}));

const SubjectRulesReviewStatus = struct(`${V1}.SubjectRulesReviewStatus`, 'What one may do.', () => ({
  resourceRules: [1, list(ResourceRule), 'required', 'Rights on resources.'],
  nonResourceRules: [2, list(NonResourceRule), 'required', 'Rights on URL paths.'],
  incomplete: [3, 'bool', 'required', 'Whether there may be more.'],
  evaluationError: [4, 'string', 'filled', 'What went wrong in deciding.'],
}));

const SelfSubjectRulesReviewSpec = struct(`${V1}.SelfSubjectRulesReviewSpec`, 'Where.', () => ({
  namespace: [1, 'string', 'filled', 'Namespace to look at.'],
}));

/** authorization.k8s.io/v1 SelfSubjectRulesReview. */
export const SelfSubjectRulesReview = struct(
  `${V1}.SelfSubjectRulesReview`,
  'Asks for all one may do in a namespace.',
  () => ({
    metadata: [1, ObjectMeta, 'always', 'Standard object metadata.'],
    spec: [2, SelfSubjectRulesReviewSpec, 'required', 'Where.'],
    status: [3, SubjectRulesReviewStatus, 'always', 'What one may do.'],
  }),
);
