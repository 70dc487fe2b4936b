import {
  authorizerType,
  declareSchema,
  kubernetesEnvironment,
  resourceCheckType,
  types,
  type Environment,
  type Schema,
  type TypeProvider,
} from '@kcp/cel';

const text: Schema = { type: 'string' };
const texts: Schema = { type: 'array', items: text };
const textMap: Schema = { type: 'object', additionalProperties: text };
const time: Schema = { type: 'string', format: 'date-time' };
const struct = (properties: Readonly<Record<string, Schema>>): Schema => ({ type: 'object', properties });
/** Anything: the one form of schema that declares no type of its own. */
const anything: Schema = { 'x-kubernetes-int-or-string': true };

const kind = struct({ group: text, version: text, kind: text });
const resource = struct({ group: text, version: text, resource: text });

/** The variable `request`: an AdmissionRequest without its objects (k8s.io/apiserver plugin/cel BuildRequestType). */
export const requestTypes = declareSchema(
  struct({
    kind,
    resource,
    subResource: text,
    requestKind: kind,
    requestResource: resource,
    requestSubResource: text,
    name: text,
    namespace: text,
    operation: text,
    userInfo: struct({
      username: text,
      uid: text,
      groups: texts,
      extra: { type: 'object', additionalProperties: texts },
    }),
    dryRun: { type: 'boolean' },
    options: anything,
  }),
  'kubernetes.AdmissionRequest',
  false,
);

/** The variable `namespaceObject` (BuildNamespaceType). */
export const namespaceTypes = declareSchema(
  struct({
    metadata: struct({
      name: text,
      generateName: text,
      namespace: text,
      labels: textMap,
      annotations: textMap,
      UID: text,
      creationTimestamp: time,
      deletionGracePeriodSeconds: { type: 'integer' },
      deletionTimestamp: time,
      generation: { type: 'integer' },
      resourceVersion: text,
      finalizers: texts,
    }),
    spec: struct({ finalizers: texts }),
    status: struct({
      conditions: {
        type: 'array',
        items: struct({ status: text, type: text, lastTransitionTime: time, message: text, reason: text }),
      },
      phase: text,
    }),
  }),
  'kubernetes.Namespace',
  false,
);

const provider: TypeProvider = {
  findStruct: (name) => requestTypes.findStruct(name) ?? namespaceTypes.findStruct(name),
};

let made: Environment | undefined;

/**
 * The language of expressions about requests: `object`, `oldObject`, `request`, `namespaceObject`, `authorizer` and
 * `authorizer.requestResource`. Policies extend it by their own. Made when first needed: most servers have no expression.
 */
export function admissionEnvironment(): Environment {
  made ??= kubernetesEnvironment.extend({
    provider,
    variables: [
      { name: 'object', type: types.dyn },
      { name: 'oldObject', type: types.dyn },
      { name: 'request', type: requestTypes.root?.type ?? types.dyn },
      { name: 'namespaceObject', type: namespaceTypes.root?.type ?? types.dyn },
      { name: 'authorizer', type: authorizerType },
      { name: 'authorizer.requestResource', type: resourceCheckType },
    ],
  });
  return made;
}
