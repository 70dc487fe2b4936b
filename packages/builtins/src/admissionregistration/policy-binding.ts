import type { FieldError, JsonObject, KubeObject } from '@kcp/api-machinery';
import {
  duplicate,
  forbidden,
  invalid,
  isPathSegment,
  itemPath,
  nameIsDnsSubdomain,
  notSupported,
  required,
  objectAt,
  optionalObjectAt,
  textAt,
  textsAt,
} from '@kcp/api-machinery';
import { kindTable } from '@kcp/apis';
import type { ServedResource } from '@kcp/apiserver';
import { builtinResource } from '../builtin-resource.ts';
import { column, withNameAndAge } from '../columns.ts';
import { countedGeneration } from '../generation.ts';
import { labelSelectorErrors } from '../label-selector-validation.ts';
import { matchResourcesDefaults, mutatedOperationErrors, matchResourcesErrors } from './match-resources.ts';

const ACTIONS = ['Audit', 'Deny', 'Warn'];
const NOT_FOUND_ACTIONS = ['Deny', 'Allow'];

function defaults(object: KubeObject): KubeObject {
  const spec = objectAt(object, 'spec');
  const match = optionalObjectAt(spec, 'matchResources');
  return match === undefined ? object : { ...object, spec: { ...spec, matchResources: matchResourcesDefaults(match) } };
}

function paramRefErrors(ref: JsonObject, path: string): FieldError[] {
  const [name, selector] = [textAt(ref, 'name'), optionalObjectAt(ref, 'selector')];
  const errors = isPathSegment(name).map((message) => invalid(`${path}.name`, name, message));
  const both = name !== '' && selector !== undefined;
  if (both) errors.push(forbidden(`${path}.name`, 'name and selector are mutually exclusive'));
  if (selector !== undefined) errors.push(...labelSelectorErrors(selector, `${path}.selector`));
  if (both) errors.push(forbidden(`${path}.selector`, 'name and selector are mutually exclusive'));
  if (name === '' && selector === undefined) {
    errors.push(required(path, 'one of name or selector must be specified'));
  }
  const action = textAt(ref, 'parameterNotFoundAction');
  if (action === '') errors.push(required(`${path}.parameterNotFoundAction`));
  else if (!NOT_FOUND_ACTIONS.includes(action)) {
    errors.push(notSupported(`${path}.parameterNotFoundAction`, action, NOT_FOUND_ACTIONS));
  }
  return errors;
}

function actionErrors(actions: readonly string[], path: string): FieldError[] {
  if (actions.length === 0) return [required(path, 'at least one validation action is required')];
  const errors: FieldError[] = [];
  actions.forEach((action, at) => {
    if (!ACTIONS.includes(action)) errors.push(notSupported(itemPath(path, at), action, ACTIONS));
    if (actions.indexOf(action) < at) errors.push(duplicate(itemPath(path, at), action));
  });
  if (actions.includes('Deny') && actions.includes('Warn')) {
    const why =
      'must not contain both Deny and Warn (repeating the same validation failure information in the API response and headers serves no purpose)';
    errors.push(invalid(path, actions, why));
  }
  return errors;
}

function validate(object: KubeObject, isValidating: boolean): FieldError[] {
  const spec = objectAt(object, 'spec');
  const policy = textAt(spec, 'policyName');
  const errors =
    policy === ''
      ? [required('spec.policyName')]
      : nameIsDnsSubdomain(policy).map((message) => invalid('spec.policyName', policy, message));
  const [ref, match] = [optionalObjectAt(spec, 'paramRef'), optionalObjectAt(spec, 'matchResources')];
  if (ref !== undefined) errors.push(...paramRefErrors(ref, 'spec.paramRef'));
  if (match !== undefined) errors.push(...matchResourcesErrors(match, 'spec.matchResources'));
  if (match !== undefined && !isValidating) errors.push(...mutatedOperationErrors(match, 'spec.matchResources'));
  if (isValidating) errors.push(...actionErrors(textsAt(spec, 'validationActions'), 'spec.validationActions'));
  return errors;
}

function shownParamRef(object: KubeObject): string {
  const ref = optionalObjectAt(objectAt(object, 'spec'), 'paramRef');
  if (ref === undefined) return '<unset>';
  const [namespace, name] = [textAt(ref, 'namespace'), textAt(ref, 'name')];
  if (name === '') return '<selector>';
  return namespace === '' ? name : `${namespace}/${name}`;
}

function policyBindings(kind: 'MutatingAdmissionPolicyBinding' | 'ValidatingAdmissionPolicyBinding'): ServedResource {
  const isValidating = kind === 'ValidatingAdmissionPolicyBinding';
  return builtinResource({
    table: kindTable('admissionregistration.k8s.io', kind),
    defaults,
    strategy: {
      ...countedGeneration('spec'),
      validateCreate: (object) => validate(object, isValidating),
      validateUpdate: (object) => validate(object, isValidating),
      unconditionalUpdate: false,
    },
    columns: withNameAndAge(
      column('PolicyName', 'The policy that it puts in force.', (object) =>
        textAt(objectAt(object, 'spec'), 'policyName'),
      ),
      column('ParamRef', 'The parameters of the policy.', shownParamRef),
    ),
  });
}

/** admissionregistration.k8s.io/v1 validatingadmissionpolicybindings. */
export function validatingAdmissionPolicyBindings(): ServedResource {
  return policyBindings('ValidatingAdmissionPolicyBinding');
}

/** admissionregistration.k8s.io/v1 mutatingadmissionpolicybindings. */
export function mutatingAdmissionPolicyBindings(): ServedResource {
  return policyBindings('MutatingAdmissionPolicyBinding');
}
