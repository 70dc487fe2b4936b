import { equal, type FieldError, type KubeObject, nameIsDnsSubdomain } from '@kcp/api-machinery';
import type { Strategy, UpdateStrategy, WriteContext } from '@kcp/apiserver';
import { withCondition } from './condition.ts';
import { CLEANUP_FINALIZER, type CustomResourceDefinition, storageVersionOf } from './custom-resource-definition.ts';
import { asDefinition } from './decode-definition.ts';
import { initialStatus } from './default-definition.ts';
import { type DefinitionChecks, isHeavy } from './definition-checks.ts';
import type { SpecFindings } from './definition-jobs.ts';
import { definitionWarnings, newDefinitionWarnings } from './definition-warnings.ts';
import {
  specCheck,
  specUpdateCheck,
  validateDefinition,
  validateDefinitionUpdate,
  validateStatus,
} from './validate-definition.ts';

/** The rules of definitions (k8s.io/apiextensions-apiserver registry/customresourcedefinition). Those with heavy specs are checked elsewhere. */
export function definitionStrategy(checks: DefinitionChecks): Strategy {
  return {
    ...RULES,
    validateCreate: (object) => (isHeavy(asDefinition(object).spec) ? [] : validateDefinition(asDefinition(object))),
    examineCreate: (object, context) => {
      const definition = asDefinition(object);
      if (!isHeavy(definition.spec)) return undefined;
      return examined(checks.specFindings(specCheck(definition), context.cluster), context, (errors) =>
        validateDefinition(definition, errors),
      );
    },
    validateUpdate: (object, old) =>
      isHeavyUpdate(object, old) ? [] : validateDefinitionUpdate(asDefinition(object), asDefinition(old)),
    examineUpdate: (object, old, context) => {
      if (!isHeavyUpdate(object, old)) return undefined;
      const [definition, before] = [asDefinition(object), asDefinition(old)];
      return examined(checks.specFindings(specUpdateCheck(definition, before), context.cluster), context, (errors) =>
        validateDefinitionUpdate(definition, before, errors),
      );
    },
  };
}

/** What is wrong with a definition whose spec was looked into elsewhere; where it is nothing, the spec's warnings are told. */
async function examined(
  findings: Promise<SpecFindings>,
  context: WriteContext,
  errorsWith: (specErrors: readonly FieldError[]) => readonly FieldError[],
): Promise<readonly FieldError[]> {
  const { errors: specErrors, warnings } = await findings;
  const errors = errorsWith(specErrors);
  if (errors.length === 0) for (const warning of warnings) context.warn(warning);
  return errors;
}

/** A spec that did not change is not looked into. */
function isHeavyUpdate(object: KubeObject, old: KubeObject): boolean {
  return asDefinition(object).spec !== asDefinition(old).spec && isHeavy(asDefinition(object).spec);
}

const RULES: Strategy = {
  nameErrors: nameIsDnsSubdomain,
  createOnUpdate: false,
  unconditionalUpdate: false,
  prepareForCreate: (object) => {
    const { spec } = asDefinition(object);
    return { ...object, metadata: { ...object.metadata, generation: 1 }, status: initialStatus(spec) };
  },
  prepareForUpdate: (object, old) => prepareForUpdate(asDefinition(object), asDefinition(old)),
  warningsOnCreate: (object) => {
    const { spec } = asDefinition(object);
    return isHeavy(spec) ? [] : definitionWarnings(spec);
  },
  warningsOnUpdate: (object, old) => {
    const { spec } = asDefinition(object);
    if (spec === asDefinition(old).spec || isHeavy(spec)) return [];
    return newDefinitionWarnings(spec, asDefinition(old).spec);
  },
  beginDelete: (object, context) => beginDelete(asDefinition(object), context),
};

/** The rules of the status sub-resource: the spec stays; metadata may change, as it may on a Kubernetes server. */
export const definitionStatusStrategy: UpdateStrategy = {
  prepareForUpdate: (object, old) => ({ ...object, spec: asDefinition(old).spec }),
  validateUpdate: (object) => validateStatus(asDefinition(object)),
};

/**
 * The status stays; a change of the spec is a new generation, an equal spec is the old one itself; a new storage version joins
 * the stored ones.
 */
function prepareForUpdate(definition: CustomResourceDefinition, old: CustomResourceDefinition): KubeObject {
  const generation = old.metadata.generation ?? 0;
  const spec = equal(definition.spec, old.spec) ? old.spec : definition.spec;
  const metadata = { ...definition.metadata, generation: spec === old.spec ? generation : generation + 1 };
  const storage = storageVersionOf(definition)?.name;
  const stored = old.status.storedVersions ?? [];
  const joins = storage !== undefined && !stored.includes(storage);
  const status = joins ? { ...old.status, storedVersions: [...stored, storage] } : old.status;
  return { ...definition, spec, metadata, status };
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
