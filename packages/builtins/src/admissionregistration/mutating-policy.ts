import type { FieldError, JsonObject, KubeObject } from '@kcp/api-machinery';
import { invalid, itemPath, notSupported, required } from '@kcp/api-machinery';
import { kindTable } from '@kcp/apis';
import type { ServedResource } from '@kcp/apiserver';
import { builtinResource } from '../builtin-resource.ts';
import { column, withNameAndAge } from '../columns.ts';
import { objectAt, objectsAt, optionalObjectAt, textAt } from '../fields.ts';
import { countedGeneration } from '../generation.ts';
import { mutatedOperationErrors } from './match-resources.ts';
import { policyDefaults, policySpecErrors } from './policy.ts';
import { shownParamKind } from './validating-policy.ts';
import { choiceErrors } from './webhook-configuration.ts';

/** The field that holds the change, by patch type. */
const CHANGES: Readonly<Record<string, string>> = { ApplyConfiguration: 'applyConfiguration', JSONPatch: 'jsonPatch' };

function mutationErrors(mutation: JsonObject, path: string): FieldError[] {
  const type = textAt(mutation, 'patchType');
  if (type === '') return [required(`${path}.patchType`)];
  const field = Object.hasOwn(CHANGES, type) ? CHANGES[type] : undefined;
  if (field === undefined) return [notSupported(`${path}.patchType`, type, Object.keys(CHANGES))];
  const change = optionalObjectAt(mutation, field);
  if (change === undefined) return [required(`${path}.${field}`, `must be specified when patchType is ${type}`)];
  const errors = textAt(change, 'expression').trim() === '' ? [required(`${path}.${field}.expression`)] : [];
  const other = Object.values(CHANGES).find((name) => name !== field && mutation[name] != null);
  if (other === undefined) return errors;
  return [...errors, invalid(`${path}.${other}`, `{${other}}`, `must not be specified when patchType is ${type}`)];
}

function validate(object: KubeObject): FieldError[] {
  const spec = objectAt(object, 'spec');
  const mutations = objectsAt(spec, 'mutations');
  const errors = [
    ...policySpecErrors(spec),
    ...mutatedOperationErrors(objectAt(spec, 'matchConstraints'), 'spec.matchConstraints'),
  ];
  if (mutations.length === 0) errors.push(required('spec.mutations', 'mutations must contain at least one item'));
  mutations.forEach((mutation, at) => errors.push(...mutationErrors(mutation, itemPath('spec.mutations', at))));
  if (textAt(spec, 'reinvocationPolicy') === '') errors.push(required('spec.reinvocationPolicy'));
  else errors.push(...choiceErrors(spec, 'reinvocationPolicy', 'spec'));
  return errors;
}

/** admissionregistration.k8s.io/v1 mutatingadmissionpolicies. */
export function mutatingAdmissionPolicies(): ServedResource {
  return builtinResource({
    table: kindTable('admissionregistration.k8s.io', 'MutatingAdmissionPolicy'),
    defaults: policyDefaults,
    strategy: {
      ...countedGeneration('spec'),
      validateCreate: validate,
      validateUpdate: validate,
      unconditionalUpdate: false,
    },
    columns: withNameAndAge(
      column(
        'Mutations',
        'How many changes it makes.',
        (object) => objectsAt(objectAt(object, 'spec'), 'mutations').length,
        {
          type: 'integer',
        },
      ),
      column('ParamKind', 'The kind of its parameters.', shownParamKind),
    ),
  });
}
