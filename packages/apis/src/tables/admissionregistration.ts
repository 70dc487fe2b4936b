import { atomicStruct, list, listMap, listSet, struct } from '../table.ts';
import { Condition, LabelSelector, ObjectMeta } from './meta.ts';

const V1 = 'io.k8s.api.admissionregistration.v1';

const MatchCondition = struct(
  `${V1}.MatchCondition`,
  'A CEL expression that must hold for a request to be looked at.',
  () => ({
    name: [1, 'string', 'required', 'Name, unique in the list.'],
    expression: [2, 'string', 'required', 'The expression.'],
  }),
);

const ServiceReference = struct(`${V1}.ServiceReference`, 'A service to call.', () => ({
  namespace: [1, 'string', 'required', 'Its namespace.'],
  name: [2, 'string', 'required', 'Its name.'],
  path: [3, 'string', 'pointer', 'URL path to call.'],
  port: [4, 'int32', 'pointer', 'Port to call; 443 if not given.'],
}));

const WebhookClientConfig = struct(`${V1}.WebhookClientConfig`, 'How to reach a webhook.', () => ({
  url: [3, 'string', 'pointer', 'Where it is; instead of service.'],
  service: [1, ServiceReference, 'pointer', 'Service that answers; instead of url.'],
  caBundle: [2, 'base64', 'filled', 'PEM certificates that its certificate must chain to.'],
}));

/** In protobuf the rule without its operations is a message of its own. */
const RuleWithOperations = struct(`${V1}.RuleWithOperations`, 'Operations on resources.', () => ({
  operations: [1, list('string'), 'filled', 'CREATE, UPDATE, DELETE, CONNECT or *.'],
  apiGroups: [[2, 1], list('string'), 'filled', 'API groups; * is all.'],
  apiVersions: [[2, 2], list('string'), 'filled', 'API versions; * is all.'],
  resources: [[2, 3], list('string'), 'filled', 'Resources; * is all, */* with sub-resources.'],
  scope: [[2, 4], 'string', 'pointer', 'Cluster, Namespaced or *.'],
}));

/** In protobuf all but the names is a RuleWithOperations. */
const NamedRuleWithOperations = atomicStruct(
  `${V1}.NamedRuleWithOperations`,
  'Operations on resources, by name too.',
  () => ({
    resourceNames: [1, list('string'), 'filled', 'Names; none means all.'],
    operations: [[2, 1], list('string'), 'filled', 'CREATE, UPDATE, DELETE, CONNECT or *.'],
    apiGroups: [[2, 2, 1], list('string'), 'filled', 'API groups; * is all.'],
    apiVersions: [[2, 2, 2], list('string'), 'filled', 'API versions; * is all.'],
    resources: [[2, 2, 3], list('string'), 'filled', 'Resources; * is all, */* with sub-resources.'],
    scope: [[2, 2, 4], 'string', 'pointer', 'Cluster, Namespaced or *.'],
  }),
);

const ValidatingWebhook = struct(`${V1}.ValidatingWebhook`, 'A webhook that may refuse.', () => ({
  name: [1, 'string', 'required', 'Name with a domain, unique in the configuration.'],
  clientConfig: [2, WebhookClientConfig, 'required', 'How to reach it.'],
  rules: [3, list(RuleWithOperations), 'filled', 'Which requests it is asked about.'],
  failurePolicy: [4, 'string', 'pointer', 'Fail or Ignore when it cannot be asked.'],
  matchPolicy: [9, 'string', 'pointer', 'Exact, or Equivalent: other versions of a resource count too.'],
  namespaceSelector: [5, LabelSelector, 'pointer', 'Which namespaces.'],
  objectSelector: [10, LabelSelector, 'pointer', 'Which objects.'],
  sideEffects: [6, 'string', 'nullable', 'None or NoneOnDryRun.', { required: true }],
  timeoutSeconds: [7, 'int32', 'pointer', 'Seconds to wait for it, 1 to 30.'],
  admissionReviewVersions: [
    8,
    list('string'),
    'required',
    'Versions of AdmissionReview that it understands, best first.',
  ],
  matchConditions: [11, listMap(MatchCondition, 'name'), 'filled', 'Must all hold for it to be asked.'],
}));

const MutatingWebhook = struct(`${V1}.MutatingWebhook`, 'A webhook that may change or refuse.', () => ({
  name: [1, 'string', 'required', 'Name with a domain, unique in the configuration.'],
  clientConfig: [2, WebhookClientConfig, 'required', 'How to reach it.'],
  rules: [3, list(RuleWithOperations), 'filled', 'Which requests it is asked about.'],
  failurePolicy: [4, 'string', 'pointer', 'Fail or Ignore when it cannot be asked.'],
  matchPolicy: [9, 'string', 'pointer', 'Exact, or Equivalent: other versions of a resource count too.'],
  namespaceSelector: [5, LabelSelector, 'pointer', 'Which namespaces.'],
  objectSelector: [11, LabelSelector, 'pointer', 'Which objects.'],
  sideEffects: [6, 'string', 'nullable', 'None or NoneOnDryRun.', { required: true }],
  timeoutSeconds: [7, 'int32', 'pointer', 'Seconds to wait for it, 1 to 30.'],
  admissionReviewVersions: [
    8,
    list('string'),
    'required',
    'Versions of AdmissionReview that it understands, best first.',
  ],
  reinvocationPolicy: [10, 'string', 'pointer', 'Never or IfNeeded, after another one changed the object.'],
  matchConditions: [12, listMap(MatchCondition, 'name'), 'filled', 'Must all hold for it to be asked.'],
}));

/** admissionregistration.k8s.io/v1 ValidatingWebhookConfiguration. */
export const ValidatingWebhookConfiguration = struct(
  `${V1}.ValidatingWebhookConfiguration`,
  'Webhooks that may refuse requests.',
  () => ({
    metadata: [1, ObjectMeta, 'always', 'Standard object metadata.'],
    webhooks: [2, listMap(ValidatingWebhook, 'name'), 'filled', 'The webhooks.'],
  }),
);

/** admissionregistration.k8s.io/v1 MutatingWebhookConfiguration. */
export const MutatingWebhookConfiguration = struct(
  `${V1}.MutatingWebhookConfiguration`,
  'Webhooks that may change or refuse requests.',
  () => ({
    metadata: [1, ObjectMeta, 'always', 'Standard object metadata.'],
    webhooks: [2, listMap(MutatingWebhook, 'name'), 'filled', 'The webhooks.'],
  }),
);

const ParamKind = atomicStruct(`${V1}.ParamKind`, 'The kind of the objects that parameterize a policy.', () => ({
  apiVersion: [1, 'string', 'filled', 'Its API version.'],
  kind: [2, 'string', 'filled', 'Its kind.'],
}));

const MatchResources = atomicStruct(`${V1}.MatchResources`, 'Which requests are looked at.', () => ({
  namespaceSelector: [1, LabelSelector, 'pointer', 'Which namespaces.'],
  objectSelector: [2, LabelSelector, 'pointer', 'Which objects.'],
  resourceRules: [3, list(NamedRuleWithOperations), 'filled', 'Operations on resources that match.'],
  excludeResourceRules: [4, list(NamedRuleWithOperations), 'filled', 'Operations on resources that do not.'],
  matchPolicy: [7, 'string', 'pointer', 'Exact, or Equivalent: other versions of a resource count too.'],
}));

const Validation = struct(`${V1}.Validation`, 'A CEL expression that must hold.', () => ({
  expression: [1, 'string', 'required', 'The expression.'],
  message: [2, 'string', 'filled', 'What to say when it does not hold.'],
  reason: [3, 'string', 'pointer', 'Reason of the answer; Invalid if not given.'],
  messageExpression: [4, 'string', 'filled', 'An expression that says what to say.'],
}));

const Variable = atomicStruct(`${V1}.Variable`, 'A name for an expression.', () => ({
  name: [1, 'string', 'required', 'Name; expressions use it as variables.<name>.'],
  expression: [2, 'string', 'required', 'The expression.'],
}));

const AuditAnnotation = struct(`${V1}.AuditAnnotation`, 'An annotation for the audit log.', () => ({
  key: [1, 'string', 'required', 'Key; the name of the policy is put before it.'],
  valueExpression: [2, 'string', 'required', 'An expression for the value.'],
}));

const ValidatingAdmissionPolicySpec = struct(`${V1}.ValidatingAdmissionPolicySpec`, 'What a policy demands.', () => ({
  paramKind: [1, ParamKind, 'pointer', 'The kind of its parameters.'],
  matchConstraints: [2, MatchResources, 'pointer', 'Which requests it looks at.'],
  validations: [3, list(Validation), 'filled', 'What must hold.'],
  failurePolicy: [4, 'string', 'pointer', 'Fail or Ignore when an expression cannot be evaluated.'],
  auditAnnotations: [5, list(AuditAnnotation), 'filled', 'What goes into the audit log.'],
  matchConditions: [6, listMap(MatchCondition, 'name'), 'filled', 'Must all hold for a request to be looked at.'],
  variables: [7, listMap(Variable, 'name'), 'filled', 'Names for expressions.'],
}));

const ExpressionWarning = struct(`${V1}.ExpressionWarning`, 'What type checking found.', () => ({
  fieldRef: [2, 'string', 'required', 'Path of the expression.'],
  warning: [3, 'string', 'required', 'What is wrong.'],
}));

const TypeChecking = struct(`${V1}.TypeChecking`, 'What type checking found.', () => ({
  expressionWarnings: [1, list(ExpressionWarning), 'filled', 'Warnings by expression.'],
}));

const PolicyStatus = struct(`${V1}.ValidatingAdmissionPolicyStatus`, 'What the server makes of a policy.', () => ({
  observedGeneration: [1, 'int64', 'filled', 'Generation that was looked at.'],
  typeChecking: [2, TypeChecking, 'pointer', 'What type checking found.'],
  conditions: [3, listMap(Condition, 'type', false), 'filled', 'Aspects of its state.'],
}));

/** admissionregistration.k8s.io/v1 ValidatingAdmissionPolicy. */
export const ValidatingAdmissionPolicy = struct(
  `${V1}.ValidatingAdmissionPolicy`,
  'Demands in CEL that requests must meet.',
  () => ({
    metadata: [1, ObjectMeta, 'always', 'Standard object metadata.'],
    spec: [2, ValidatingAdmissionPolicySpec, 'always', 'What it demands.'],
    status: [3, PolicyStatus, 'always', 'What the server makes of it.'],
  }),
);

const ParamRef = atomicStruct(`${V1}.ParamRef`, 'Which objects parameterize a policy.', () => ({
  name: [1, 'string', 'filled', 'Name; this or selector.'],
  namespace: [2, 'string', 'filled', 'Namespace; the one of the request if not given.'],
  selector: [3, LabelSelector, 'pointer', 'Labels; this or name.'],
  parameterNotFoundAction: [4, 'string', 'pointer', 'Allow or Deny when there is none.'],
}));

const ValidatingAdmissionPolicyBindingSpec = struct(
  `${V1}.ValidatingAdmissionPolicyBindingSpec`,
  'Where a policy holds, and what it does.',
  () => ({
    policyName: [1, 'string', 'filled', 'Name of the policy.', { required: true }],
    paramRef: [2, ParamRef, 'pointer', 'Its parameters.'],
    matchResources: [3, MatchResources, 'pointer', 'Which of its requests.'],
    validationActions: [4, listSet('string'), 'filled', 'Deny, Warn or Audit.', { required: true }],
  }),
);

/** admissionregistration.k8s.io/v1 ValidatingAdmissionPolicyBinding. */
export const ValidatingAdmissionPolicyBinding = struct(
  `${V1}.ValidatingAdmissionPolicyBinding`,
  'Puts a policy in force.',
  () => ({
    metadata: [1, ObjectMeta, 'always', 'Standard object metadata.'],
    spec: [2, ValidatingAdmissionPolicyBindingSpec, 'always', 'Where it holds, and what it does.'],
  }),
);

const ApplyConfiguration = struct(`${V1}.ApplyConfiguration`, 'A change by server-side apply.', () => ({
  expression: [1, 'string', 'filled', 'An expression for the configuration to apply.'],
}));

const JSONPatch = struct(`${V1}.JSONPatch`, 'A change by JSON patch.', () => ({
  expression: [1, 'string', 'filled', 'An expression for the list of operations.'],
}));

const Mutation = struct(`${V1}.Mutation`, 'A change that a policy makes.', () => ({
  patchType: [2, 'string', 'required', 'ApplyConfiguration or JSONPatch.'],
  applyConfiguration: [3, ApplyConfiguration, 'pointer', 'The change, for ApplyConfiguration.'],
  jsonPatch: [4, JSONPatch, 'pointer', 'The change, for JSONPatch.'],
}));

const MutatingAdmissionPolicySpec = struct(`${V1}.MutatingAdmissionPolicySpec`, 'What a policy changes.', () => ({
  paramKind: [1, ParamKind, 'pointer', 'The kind of its parameters.'],
  matchConstraints: [2, MatchResources, 'pointer', 'Which requests it looks at.'],
  variables: [3, list(Variable), 'filled', 'Names for expressions.'],
  mutations: [4, list(Mutation), 'filled', 'What it changes, in order.'],
  failurePolicy: [5, 'string', 'pointer', 'Fail or Ignore when an expression cannot be evaluated.'],
  matchConditions: [6, listMap(MatchCondition, 'name'), 'filled', 'Must all hold for a request to be looked at.'],
  reinvocationPolicy: [7, 'string', 'filled', 'Never or IfNeeded, after another one changed the object.'],
}));

/** admissionregistration.k8s.io/v1 MutatingAdmissionPolicy. */
export const MutatingAdmissionPolicy = struct(
  `${V1}.MutatingAdmissionPolicy`,
  'Changes in CEL that are made to requests.',
  () => ({
    metadata: [1, ObjectMeta, 'always', 'Standard object metadata.'],
    spec: [2, MutatingAdmissionPolicySpec, 'always', 'What it changes.'],
  }),
);

const MutatingAdmissionPolicyBindingSpec = struct(
  `${V1}.MutatingAdmissionPolicyBindingSpec`,
  'Where a policy holds.',
  () => ({
    policyName: [1, 'string', 'filled', 'Name of the policy.'],
    paramRef: [2, ParamRef, 'pointer', 'Its parameters.'],
    matchResources: [3, MatchResources, 'pointer', 'Which of its requests.'],
  }),
);

/** admissionregistration.k8s.io/v1 MutatingAdmissionPolicyBinding. */
export const MutatingAdmissionPolicyBinding = struct(
  `${V1}.MutatingAdmissionPolicyBinding`,
  'Puts a policy in force.',
  () => ({
    metadata: [1, ObjectMeta, 'always', 'Standard object metadata.'],
    spec: [2, MutatingAdmissionPolicyBindingSpec, 'always', 'Where it holds.'],
  }),
);
