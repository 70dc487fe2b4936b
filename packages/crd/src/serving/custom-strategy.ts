import { equal, isQualifiedName, type KubeObject, nameIsDnsSubdomain } from '@kcp/api-machinery';
import type { Strategy, UpdateStrategy } from '@kcp/apiserver';
import type { KindVersion } from './kind-version.ts';
import { validateScaleSpec, validateScaleStatus } from './scale-limits.ts';
import { validateBy, validateUpdateBy } from './validate-custom.ts';

/** The rules of a custom kind (k8s.io/apiextensions-apiserver registry/customresource). */
export function customStrategy(version: KindVersion): Strategy {
  const { scale, status } = version.subresources;
  const separateStatus = status !== undefined;
  return {
    nameErrors: nameIsDnsSubdomain,
    createOnUpdate: false,
    unconditionalUpdate: false,
    prepareForCreate: (object) => withGeneration(separateStatus ? withInitialStatus(version, object) : object, 1),
    prepareForUpdate: (object, old) => prepareForUpdate(separateStatus ? withStatusOf(object, old) : object, old),
    ...validateBy(version, {
      create: (object) => [
        ...version.schema().validate(object),
        ...validateScaleSpec(object, scale),
        ...validateScaleStatus(object, scale),
      ],
      update: (object, old) => [
        ...version.schema().validateUpdate(object, old),
        ...validateScaleSpec(object, scale),
        ...validateScaleStatus(object, scale),
      ],
    }),
    warningsOnCreate: (object) => finalizerWarnings(object.metadata.finalizers ?? []),
    warningsOnUpdate: (object, old) => {
      const known = new Set(old.metadata.finalizers);
      return finalizerWarnings((object.metadata.finalizers ?? []).filter((finalizer) => !known.has(finalizer)));
    },
  };
}

/** The rules of a custom kind's status sub-resource: only the status changes, no other field and no metadata. */
export function customStatusStrategy(version: KindVersion): UpdateStrategy {
  const { scale } = version.subresources;
  return {
    prepareForUpdate: (object, old) => {
      const { managedFields: _, ...metadata } = old.metadata;
      const { managedFields } = object.metadata;
      const kept = { ...old, metadata: { ...metadata, ...(managedFields !== undefined && { managedFields }) } };
      return withStatusOf(kept, object);
    },
    ...validateUpdateBy(version, (object, old) => [
      ...version.schema().validateStatusUpdate(object, old),
      ...validateScaleStatus(object, scale),
    ]),
  };
}

/** A new object has the status that its schema gives it, never the client's. */
function withInitialStatus(version: KindVersion, object: KubeObject): KubeObject {
  const bare = withoutStatus(object);
  const compiled = version.schema();
  if (bare === object || compiled.schema.properties.get('status')?.default === undefined) return bare;
  return compiled.default(bare) as KubeObject;
}

function withoutStatus(object: KubeObject): KubeObject {
  if (!Object.hasOwn(object, 'status')) return object;
  const { status: _, ...rest } = object;
  return rest;
}

function withStatusOf(object: KubeObject, other: KubeObject): KubeObject {
  const { status } = other;
  return status === undefined ? withoutStatus(object) : { ...object, status };
}

function withGeneration(object: KubeObject, generation: number): KubeObject {
  return { ...object, metadata: { ...object.metadata, generation } };
}

/** Any change beside metadata is a new generation. */
function prepareForUpdate(object: KubeObject, old: KubeObject): KubeObject {
  const { metadata: _, ...content } = object;
  const { metadata: oldMetadata, ...oldContent } = old;
  const generation = oldMetadata.generation ?? 0;
  if (!equal(content, oldContent)) return withGeneration(object, generation + 1);
  return object.metadata.generation === oldMetadata.generation ? object : withGeneration(object, generation);
}

const STANDARD_FINALIZERS = ['orphan', 'foregroundDeletion', 'kubernetes'];

function finalizerWarnings(finalizers: readonly string[]): string[] {
  return [...new Set(finalizers)].sort().flatMap((finalizer) => {
    const subject = `metadata.finalizers: ${JSON.stringify(finalizer)}`;
    const warnings = isQualifiedName(finalizer).map((why) => `${subject}: ${why}`);
    if (finalizer.includes('/') || STANDARD_FINALIZERS.includes(finalizer)) return warnings;
    const path = finalizer.includes('.') ? ' including a path (/)' : '';
    const advice = `prefer a domain-qualified finalizer name${path} to avoid accidental conflicts with other finalizer writers`;
    return [...warnings, `${subject}: ${advice}`];
  });
}
