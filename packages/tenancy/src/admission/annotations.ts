import type { KubeObject } from '@kcp/api-machinery';

/** The object with an annotation, or without it where the value is undefined; the object itself where that is so already. */
export function withAnnotation(object: KubeObject, name: string, value: string | undefined): KubeObject {
  const { annotations = {} } = object.metadata;
  if (annotations[name] === value) return object;
  const { [name]: _, ...rest } = annotations;
  const next = value === undefined ? rest : { ...annotations, [name]: value };
  return { ...object, metadata: { ...object.metadata, annotations: next } };
}
