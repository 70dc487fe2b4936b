import type { JsonObject } from '@kcp/api-machinery';
import { isStored, kindName, type ServedKind } from './served-kind.ts';

/** Where a sample is to lie, and what tells it from another of the same name. */
export interface SampleOptions {
  readonly name: string;
  readonly namespace: string;
  /** A text that stands in the object's annotations: whoever sees it has seen the object. */
  readonly mark: string;
}

const SIGNING_REQUEST =
  'LS0tLS1CRUdJTiBDRVJUSUZJQ0FURSBSRVFVRVNULS0tLS0KTUlIYk1JR0RBZ0VBTUNFeEVEQU9CZ05WQkFNTUIzTnZiV1Z2Ym1VeERUQUxCZ05WQkFvTUJIUmxZVzB3V1RBVApCZ2NxaGtqT1BRSUJCZ2dxaGtqT1BRTUJCd05DQUFRb2ZRb2xwY3lJMERabUpEL3ZVM21ieFdWYktGbmJieFRECmdJTk41SC9MV0V6WUE3Ly95eUQrSG5idk9RUDNDZG4ycHN4UjZ1ekZGUU5UdytqZUc3OVRvQUF3Q2dZSUtvWkkKemowRUF3SURSd0F3UkFJZ1BGQnFzakJNL3QyQWljWVhXNk5YMVJQY1VRNnd0d0puKzF4L2NrK0diaE1DSUg3RgpqdENNaXZBU3dyTmdXVGZyUWJ0QjlOQ0ZmaDVpZGdkazRxbk1PbFNBCi0tLS0tRU5EIENFUlRJRklDQVRFIFJFUVVFU1QtLS0tLQo=';

const matchConstraints = {
  resourceRules: [{ apiGroups: [''], apiVersions: ['v1'], operations: ['CREATE'], resources: ['nothings'] }],
};
const rules = [{ apiGroups: [''], resources: ['configmaps'], verbs: ['get'] }];
const roleRef = { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'view' };
const resourceAttributes = { verb: 'get', resource: 'configmaps', name: 'x' };
const bindingSpec = { policyName: 'none', validationActions: ['Deny'] };

/** What the kinds need beside metadata. Kinds that are not listed need nothing. */
const contents: Readonly<Record<string, (options: SampleOptions) => JsonObject>> = {
  configmaps: ({ mark }) => ({ data: { mark } }),
  secrets: ({ mark }) => ({ stringData: { mark } }),
  events: ({ namespace, mark }) => ({
    involvedObject: { kind: 'ConfigMap', namespace, name: 'x' },
    reason: 'Marked',
    message: mark,
    type: 'Normal',
  }),
  'events.events.k8s.io': ({ namespace, mark }) => ({
    regarding: { kind: 'ConfigMap', namespace, name: 'x' },
    eventTime: '2026-01-01T00:00:00.000000Z',
    reportingController: 'example.com/test',
    reportingInstance: 'test-1',
    action: 'Mark',
    reason: 'Marked',
    note: mark,
    type: 'Normal',
  }),
  resourcequotas: () => ({ spec: { hard: { 'count/nothings': '1' } } }),
  'certificatesigningrequests.certificates.k8s.io': () => ({
    spec: { request: SIGNING_REQUEST, signerName: 'example.com/signer', usages: ['client auth'] },
  }),
  'leases.coordination.k8s.io': ({ mark }) => ({ spec: { holderIdentity: mark } }),
  'roles.rbac.authorization.k8s.io': () => ({ rules }),
  'clusterroles.rbac.authorization.k8s.io': () => ({ rules }),
  'rolebindings.rbac.authorization.k8s.io': () => ({ roleRef, subjects: [] }),
  'clusterrolebindings.rbac.authorization.k8s.io': () => ({ roleRef, subjects: [] }),
  'mutatingadmissionpolicies.admissionregistration.k8s.io': () => ({
    spec: {
      matchConstraints,
      reinvocationPolicy: 'Never',
      mutations: [
        { patchType: 'JSONPatch', jsonPatch: { expression: '[JSONPatch{op: "test", path: "/kind", value: "x"}]' } },
      ],
    },
  }),
  'mutatingadmissionpolicybindings.admissionregistration.k8s.io': () => ({ spec: { policyName: 'none' } }),
  'validatingadmissionpolicies.admissionregistration.k8s.io': () => ({
    spec: { matchConstraints, validations: [{ expression: 'true' }] },
  }),
  'validatingadmissionpolicybindings.admissionregistration.k8s.io': () => ({ spec: bindingSpec }),
  'customresourcedefinitions.apiextensions.k8s.io': ({ name }) => {
    const [plural = '', ...group] = name.split('.');
    return definition(plural, group.join('.'));
  },
  'tokenreviews.authentication.k8s.io': () => ({ spec: { token: 'none' } }),
  'subjectaccessreviews.authorization.k8s.io': () => ({ spec: { user: 'nobody', resourceAttributes } }),
  'localsubjectaccessreviews.authorization.k8s.io': ({ namespace }) => ({
    spec: { user: 'nobody', resourceAttributes: { ...resourceAttributes, namespace } },
  }),
  'selfsubjectaccessreviews.authorization.k8s.io': () => ({ spec: { resourceAttributes } }),
  'selfsubjectrulesreviews.authorization.k8s.io': ({ namespace }) => ({ spec: { namespace } }),
  'apibindings.apis.kcp.io': () => ({ spec: { reference: { export: { path: 'root:nowhere', name: 'nothing' } } } }),
  'apiconversions.apis.kcp.io': () => ({ spec: { conversions: [] } }),
  'apiexportendpointslices.apis.kcp.io': () => ({ spec: { export: { path: 'root:nowhere', name: 'nothing' } } }),
  'apiexports.apis.kcp.io': () => ({ spec: {} }),
  'apiresourceschemas.apis.kcp.io': ({ name }) => ({ spec: schemaOf(name) }),
  'clustercachedresourceendpointslices.cache.kcp.io': () => ({
    spec: { clusterCachedResource: { name: 'nothing' }, export: { path: 'root:nowhere', name: 'nothing' } },
  }),
  'clustercachedresources.cache.kcp.io': () => ({ spec: { group: '', version: 'v1', resource: 'things' } }),
  'logicalclusters.core.kcp.io': () => ({ spec: {} }),
  'widgets.example.com': ({ mark }) => ({ spec: { mark, replicas: 1 } }),
};

function schemaOf(name: string): JsonObject {
  const [, plural = '', ...group] = name.split('.');
  const version = { name: 'v1', served: true, storage: true, schema: { type: 'object' }, subresources: {} };
  const names = { plural, singular: plural, kind: 'Thing', listKind: 'ThingList' };
  return { group: group.join('.'), names, scope: 'Namespaced', versions: [version] };
}

/** Names that may not be chosen freely. */
const names: Readonly<Record<string, (name: string) => string>> = {
  'logicalclusters.core.kcp.io': () => 'cluster',
  'customresourcedefinitions.apiextensions.k8s.io': (name) => `${name}s.example.org`,
  'apiresourceschemas.apis.kcp.io': (name) => `v1.${name}s.example.org`,
};

/** The name that an object of a kind has where `name` is wished for. */
export function sampleName(kind: Pick<ServedKind, 'group' | 'resource'>, name: string): string {
  return names[kindName(kind)]?.(name) ?? name;
}

/** A sound object of a kind. */
export function sample(kind: ServedKind, options: SampleOptions): JsonObject {
  const name = sampleName(kind, options.name);
  const { namespace, mark } = options;
  const metadata = { name, ...(kind.namespaced && { namespace }), annotations: { mark }, labels: { sample: 'yes' } };
  return {
    apiVersion: kind.group === '' ? kind.version : `${kind.group}/${kind.version}`,
    kind: kind.kind,
    metadata: isStored(kind) ? metadata : {},
    ...contents[kindName(kind)]?.({ ...options, name }),
  };
}

/** What a definition says of a kind with a spec of any content. */
function definition(plural: string, group: string): JsonObject {
  const singular = plural.replace(/s$/, '');
  const kind = singular.slice(0, 1).toUpperCase() + singular.slice(1);
  const open = { type: 'object', 'x-kubernetes-preserve-unknown-fields': true };
  const resource = { ...open, 'x-kubernetes-embedded-resource': true };
  const properties = {
    number: { type: 'integer', format: 'int64' },
    replicas: { type: 'integer' },
    numbers: { type: 'array', items: { type: 'integer' } },
    set: { type: 'array', 'x-kubernetes-list-type': 'set', items: { type: 'string', pattern: '^(a+)+$' } },
    resources: { type: 'array', items: resource },
  };
  const schema = { type: 'object', properties: { spec: { ...open, properties }, status: open } };
  const scale = { specReplicasPath: '.spec.replicas', statusReplicasPath: '.status.replicas' };
  const version = {
    name: 'v1',
    served: true,
    storage: true,
    subresources: { status: {}, scale },
    schema: { openAPIV3Schema: schema },
  };
  const names = { plural, singular, kind, listKind: `${kind}List` };
  return { spec: { group, scope: 'Namespaced', names, versions: [version] } };
}

/** The definition of Widgets, the custom kind of these tests. */
export const widgetDefinition: JsonObject = {
  apiVersion: 'apiextensions.k8s.io/v1',
  kind: 'CustomResourceDefinition',
  metadata: { name: 'widgets.example.com' },
  ...definition('widgets', 'example.com'),
};
