import type { Json, JsonObject, KubeObject, MutableJsonObject } from '@kcp/api-machinery';
import { clone } from '@kcp/api-machinery';
import { inlineOffload, type WriteContext } from '@kcp/apiserver';
import type { LogicalCluster } from '@kcp/logical-cluster';
import type { CustomResourceDefinition } from '../definition/custom-resource-definition.ts';
import { asDefinition, decodeDefinition } from '../definition/decode-definition.ts';
import { DefinitionChecks } from '../definition/definition-checks.ts';
import { definitionStrategy } from '../definition/definition-strategy.ts';

/** When everything in tests happens. */
export const NOW = '2024-01-01T00:00:00Z';

/** What a strategy is told of a request. */
export const context: WriteContext = {
  cluster: 'root' as LogicalCluster,
  user: { name: 'tester', uid: '', groups: [], extra: {} },
  namespace: '',
  name: '',
  dryRun: false,
  now: NOW,
  warn: () => {},
};

/** The checks of definitions, done where they are asked for. */
export const checks = new DefinitionChecks(inlineOffload());

/** The rules of definitions. */
export const strategy = definitionStrategy(checks);

/** A definition's body, to be changed at will before it is decoded. */
export type Body = { metadata: MutableJsonObject; spec: MutableJsonObject; [field: string]: Json };

const schema = { openAPIV3Schema: { type: 'object', properties: { spec: { type: 'object' } } } };

/** A body of `widgets.example.com` with one version, v1. */
export function exampleBody(change: (body: Body) => void = () => {}): Body {
  const body: Body = {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: 'widgets.example.com' },
    spec: clone<MutableJsonObject>({
      group: 'example.com',
      scope: 'Namespaced',
      names: { plural: 'widgets', kind: 'Widget' },
      versions: [{ name: 'v1', served: true, storage: true, schema }],
    }),
  };
  change(body);
  return body;
}

/** A version with a schema of properties below spec. */
export function exampleVersion(name: string, properties: JsonObject, more: JsonObject = {}): JsonObject {
  const openAPIV3Schema = { type: 'object', properties: { spec: { type: 'object', properties } } };
  return { name, served: true, storage: false, schema: { openAPIV3Schema }, ...more };
}

/** A body as a client's create makes it: decoded and prepared. */
export function created(body: Body): CustomResourceDefinition {
  const { object } = decodeDefinition(body);
  return asDefinition(strategy.prepareForCreate?.(object, context) ?? object);
}

/** A definition as naming leaves it where nothing is in its way. */
export function established(body: Body): CustomResourceDefinition {
  const definition = created(body);
  const conditions = ['NamesAccepted', 'Established'].map((type) => ({
    type,
    status: 'True',
    lastTransitionTime: NOW,
  }));
  return { ...definition, status: { ...definition.status, acceptedNames: definition.spec.names, conditions } };
}

/** The paths and texts of errors, `path: text`. */
export function texts(errors: readonly { readonly field: string; readonly message: string }[]): string[] {
  return errors.map(({ field, message }) => `${field}: ${message}`);
}

/** A custom object. */
export function widget(name: string, more: JsonObject = {}, apiVersion = 'example.com/v1'): KubeObject {
  return { apiVersion, kind: 'Widget', metadata: { name }, ...more };
}
