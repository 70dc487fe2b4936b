import { clone, type FieldError, type KubeObject, type MutableJsonObject } from '@kcp/api-machinery';
import { type KindDefinition, kcpDefinition, kcpDefinitionName } from '@kcp/apis';
import type { ServedResource } from '@kcp/apiserver';
import type { LogicalCluster } from '@kcp/logical-cluster';
import { ServedDefinitions } from '../serving/served-definitions.ts';
import { type Body, context, established, texts } from './example-definition.ts';

/** One of our own kinds as a client would send its definition. */
export function kcpKindBody(definition: KindDefinition): Body {
  return {
    apiVersion: 'apiextensions.k8s.io/v1',
    kind: 'CustomResourceDefinition',
    metadata: { name: kcpDefinitionName(definition) },
    spec: clone<MutableJsonObject>(definition),
  };
}

/** One of our own kinds as a served resource. */
export function kcpKind(group: string, plural: string, version = 'v1alpha1'): ServedResource {
  const definition = kcpDefinition(group, plural);
  if (definition === undefined) throw new Error(`no ${plural}.${group}`);
  const read = () => established(kcpKindBody(definition));
  const resource = new ServedDefinitions().get({ owner: 'root' as LogicalCluster, read })?.find(version);
  if (resource === undefined) throw new Error(`no ${version} of ${plural}.${group}`);
  return resource;
}

/** An object as a create decodes and prepares it. */
export function createdBy(resource: ServedResource, object: KubeObject): KubeObject {
  const decoded = resource.decode(object);
  if (decoded.unknownFields.length > 0) throw new Error(`unknown: ${decoded.unknownFields.join()}`);
  return resource.strategy.prepareForCreate?.(decoded.object, context) ?? decoded.object;
}

/** What is wrong with a new object, rules included, as `path: text`. */
export async function createErrors({ strategy }: ServedResource, object: KubeObject): Promise<string[]> {
  const errors: FieldError[] = [...(strategy.validateCreate?.(object, context) ?? [])];
  return texts([...errors, ...((await strategy.examineCreate?.(object, context, [])) ?? [])]);
}

/** What is wrong with a change, rules included, as `path: text`. */
export async function updateErrors(
  { strategy }: ServedResource,
  object: KubeObject,
  old: KubeObject,
): Promise<string[]> {
  const errors: FieldError[] = [...(strategy.validateUpdate?.(object, old, context) ?? [])];
  return texts([...errors, ...((await strategy.examineUpdate?.(object, old, context)) ?? [])]);
}
