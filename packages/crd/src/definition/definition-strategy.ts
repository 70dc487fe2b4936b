import { equal, type KubeObject, nameIsDnsSubdomain } from '@kcp/api-machinery';
import type { Strategy, UpdateStrategy, WriteContext } from '@kcp/apiserver';
import { withCondition } from './condition.ts';
import { CLEANUP_FINALIZER, type CustomResourceDefinition, storageVersionOf } from './custom-resource-definition.ts';
import { asDefinition } from './decode-definition.ts';
import { initialStatus } from './default-definition.ts';
import { definitionWarnings, newDefinitionWarnings } from './definition-warnings.ts';
import { validateDefinition, validateDefinitionUpdate, validateStatus } from './validate-definition.ts';

/** The rules of definitions (k8s.io/apiextensions-apiserver registry/customresourcedefinition). */
export const definitionStrategy: Strategy = {
  nameErrors: nameIsDnsSubdomain,
  createOnUpdate: false,
  unconditionalUpdate: false,
  prepareForCreate: (object) => {
    const { spec } = asDefinition(object);
    return { ...object, metadata: { ...object.metadata, generation: 1 }, status: initialStatus(spec) };
  },
  prepareForUpdate: (object, old) => prepareForUpdate(asDefinition(object), asDefinition(old)),
  validateCreate: (object) => validateDefinition(asDefinition(object)),
  validateUpdate: (object, old) => validateDefinitionUpdate(asDefinition(object), asDefinition(old)),
  warningsOnCreate: (object) => definitionWarnings(asDefinition(object)),
  warningsOnUpdate: (object, old) => {
    if (equal(asDefinition(object).spec, asDefinition(old).spec)) return [];
    return newDefinitionWarnings(asDefinition(object), asDefinition(old));
  },
  beginDelete: (object, context) => beginDelete(asDefinition(object), context),
};

/** The rules of the status sub-resource: the spec stays; metadata may change, as it may on a Kubernetes server. */
export const definitionStatusStrategy: UpdateStrategy = {
  prepareForUpdate: (object, old) => ({ ...object, spec: asDefinition(old).spec }),
  validateUpdate: (object) => validateStatus(asDefinition(object)),
};

/** The status stays; a change of the spec is a new generation; a new storage version joins the stored ones. */
function prepareForUpdate(definition: CustomResourceDefinition, old: CustomResourceDefinition): KubeObject {
  const generation = old.metadata.generation ?? 0;
  const changed = !equal(definition.spec, old.spec);
  const metadata = { ...definition.metadata, generation: changed ? generation + 1 : generation };
  const storage = storageVersionOf(definition)?.name;
  const stored = old.status.storedVersions ?? [];
  const joins = storage !== undefined && !stored.includes(storage);
  const status = joins ? { ...old.status, storedVersions: [...stored, storage] } : old.status;
  return { ...definition, metadata, status };
}

/** The first delete only marks: the finalizer keeps the definition until its instances are gone. Later ones change nothing. */
function beginDelete(definition: CustomResourceDefinition, { now }: WriteContext): KubeObject | undefined {
  const { metadata } = definition;
  if (metadata.deletionTimestamp !== undefined) return undefined;
  const finalizers = metadata.finalizers ?? [];
  const status = withCondition(
    definition.status,
    {
      type: 'Terminating',
      status: 'True',
      reason: 'InstanceDeletionPending',
      message: 'CustomResourceDefinition marked for deletion; CustomResource deletion will begin soon',
    },
    now,
  );
  return {
    ...definition,
    status,
    metadata: {
      ...metadata,
      deletionTimestamp: now,
      finalizers: finalizers.includes(CLEANUP_FINALIZER) ? finalizers : [...finalizers, CLEANUP_FINALIZER],
    },
  };
}
