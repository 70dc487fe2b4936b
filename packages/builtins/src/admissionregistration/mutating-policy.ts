import { policyExpressions, type PolicyExpressions } from '@kcp/admission';
import type { FieldError, JsonObject, KubeObject } from '@kcp/api-machinery';
import {
  invalid,
  itemPath,
  notSupported,
  required,
  objectAt,
  objectsAt,
  optionalObjectAt,
  textAt,
} from '@kcp/api-machinery';
import { kindTable } from '@kcp/apis';
import type { ServedResource } from '@kcp/apiserver';
import { builtinResource } from '../builtin-resource.ts';
import { column, withNameAndAge } from '../columns.ts';
import { countedGeneration } from '../generation.ts';
import { mutatedOperationErrors } from './match-resources.ts';
import { expressionErrors, policyDefaults, policySpecErrors } from './policy.ts';
import { shownParamKind } from './validating-policy.ts';
import { choiceErrors } from './webhook-configuration.ts';

/** The field that holds the change, by patch type. */
const CHANGES = { ApplyConfiguration: 'applyConfiguration', JSONPatch: 'jsonPatch' } as const;
type PatchType = keyof typeof CHANGES;

function isPatchType(text: string): text is PatchType {
  return Object.hasOwn(CHANGES, text);
}

function mutationErrors(expressions: PolicyExpressions, mutation: JsonObject, path: string): FieldError[] {
  const type = textAt(mutation, 'patchType');
  if (type === '') return [required(`${path}.patchType`)];
  if (!isPatchType(type)) return [notSupported(`${path}.patchType`, type, Object.keys(CHANGES))];
  const errors = changeErrors(expressions, { type, mutation, path });
  const other = CHANGES[type === 'JSONPatch' ? 'ApplyConfiguration' : 'JSONPatch'];
  if (mutation[other] == null) return errors;
  return [...errors, invalid(`${path}.${other}`, `{${other}}`, `must not be specified when patchType is ${type}`)];
}

function changeErrors(
  expressions: PolicyExpressions,
  { type, mutation, path }: { readonly type: PatchType; readonly mutation: JsonObject; readonly path: string },
): FieldError[] {
  const place = `${path}.${CHANGES[type]}`;
  const change = optionalObjectAt(mutation, CHANGES[type]);
  if (change === undefined) return [required(place, `must be specified when patchType is ${type}`)];
  const text = textAt(change, 'expression');
  if (text.trim() === '') return [required(`${place}.expression`)];
  return expressionErrors(expressions, { role: type, text, path: `${place}.expression` });
}

function validate(object: KubeObject): FieldError[] {
  const spec = objectAt(object, 'spec');
  const mutations = objectsAt(spec, 'mutations');
  const expressions = policyExpressions(spec);
  const errors = [
    ...policySpecErrors(spec, expressions),
    ...mutatedOperationErrors(objectAt(spec, 'matchConstraints'), 'spec.matchConstraints'),
  ];
  if (mutations.length === 0) errors.push(required('spec.mutations', 'mutations must contain at least one item'));
  mutations.forEach((mutation, at) =>
    errors.push(...mutationErrors(expressions, mutation, itemPath('spec.mutations', at))),
  );
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
