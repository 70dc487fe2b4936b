import { matchConditionFault } from '@kcp/admission';
import type { FieldError, JsonObject, KubeObject } from '@kcp/api-machinery';
import {
  duplicate,
  invalid,
  isDns1035Label,
  isDns1123Subdomain,
  itemPath,
  notSupported,
  required,
  numberAt,
  objectAt,
  objectsAt,
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
import { clientConfigErrors, withServicePort } from './client-config.ts';
import { matchConditionErrors } from './match-conditions.ts';
import { ruleErrors } from './rules.ts';

const GROUP = 'admissionregistration.k8s.io';
const REVIEW_VERSIONS = ['v1', 'v1beta1'];

/** The values that fields with few values may have. */
const CHOICES: Readonly<Record<string, readonly string[]>> = {
  failurePolicy: ['Fail', 'Ignore'],
  matchPolicy: ['Equivalent', 'Exact'],
  sideEffects: ['None', 'NoneOnDryRun'],
  reinvocationPolicy: ['IfNeeded', 'Never'],
};

/** Errors of a field that may only have one of few values; absent is fine. */
export function choiceErrors(parent: JsonObject, field: string, path: string): FieldError[] {
  const choices = CHOICES[field] ?? [];
  const value = textAt(parent, field);
  const isGiven = Object.hasOwn(parent, field) && parent[field] !== null;
  return !isGiven || choices.includes(value) ? [] : [notSupported(`${path}.${field}`, value, choices)];
}

/** Every rule has a scope; all of them where none is named. */
export function withScope(rule: JsonObject): JsonObject {
  return 'scope' in rule ? rule : { ...rule, scope: '*' };
}

function withDefaults(hook: JsonObject, isMutating: boolean): JsonObject {
  const rules = objectsAt(hook, 'rules');
  return {
    ...hook,
    clientConfig: withServicePort(objectAt(hook, 'clientConfig')),
    ...(rules.length > 0 && { rules: rules.map(withScope) }),
    failurePolicy: hook['failurePolicy'] ?? 'Fail',
    matchPolicy: hook['matchPolicy'] ?? 'Equivalent',
    namespaceSelector: hook['namespaceSelector'] ?? {},
    objectSelector: hook['objectSelector'] ?? {},
    timeoutSeconds: hook['timeoutSeconds'] ?? 10,
    ...(isMutating && { reinvocationPolicy: hook['reinvocationPolicy'] ?? 'Never' }),
  };
}

function nameErrors(name: string, path: string): FieldError[] {
  if (name === '') return [required(path)];
  const messages = isDns1123Subdomain(name);
  if (messages.length > 0) return [invalid(path, name, messages.join(','))];
  if (name.split('.').length >= 3) return [];
  return [invalid(path, name, 'should be a domain with at least three segments separated by dots')];
}

function reviewVersionErrors(versions: readonly string[], path: string): FieldError[] {
  const accepted = REVIEW_VERSIONS.join(', ');
  if (versions.length === 0) return [required(path, `must specify one of ${accepted}`)];
  const errors: FieldError[] = [];
  versions.forEach((version, at) => {
    const place = itemPath(path, at);
    if (versions.indexOf(version) < at) errors.push(invalid(place, version, 'duplicate version'));
    else errors.push(...isDns1035Label(version).map((message) => invalid(place, version, message)));
  });
  if (!versions.some((version) => REVIEW_VERSIONS.includes(version))) {
    errors.push(invalid(path, versions, `must include at least one of ${accepted}`));
  }
  return errors;
}

function sideEffectErrors(hook: JsonObject, path: string): FieldError[] {
  if (textAt(hook, 'sideEffects') !== '') return choiceErrors(hook, 'sideEffects', path);
  return [required(`${path}.sideEffects`, 'must specify one of None, NoneOnDryRun')];
}

function selectorErrors(parent: JsonObject, field: string, path: string): FieldError[] {
  const selector = optionalObjectAt(parent, field);
  return selector === undefined ? [] : labelSelectorErrors(selector, `${path}.${field}`);
}

function hookErrors(hook: JsonObject, path: string): FieldError[] {
  const timeout = numberAt(hook, 'timeoutSeconds') ?? 10;
  const isTimely = timeout >= 1 && timeout <= 30;
  const why = 'the timeout value must be between 1 and 30 seconds';
  return [
    ...nameErrors(textAt(hook, 'name'), `${path}.name`),
    ...objectsAt(hook, 'rules').flatMap((rule, at) => ruleErrors(rule, itemPath(`${path}.rules`, at))),
    ...choiceErrors(hook, 'failurePolicy', path),
    ...choiceErrors(hook, 'matchPolicy', path),
    ...sideEffectErrors(hook, path),
    ...(isTimely ? [] : [invalid(`${path}.timeoutSeconds`, timeout, why)]),
    ...selectorErrors(hook, 'namespaceSelector', path),
    ...selectorErrors(hook, 'objectSelector', path),
    ...choiceErrors(hook, 'reinvocationPolicy', path),
    ...clientConfigErrors(objectAt(hook, 'clientConfig'), `${path}.clientConfig`),
    ...matchConditionErrors(hook, `${path}.matchConditions`, matchConditionFault),
    ...reviewVersionErrors(textsAt(hook, 'admissionReviewVersions'), `${path}.admissionReviewVersions`),
  ];
}

function validate(object: KubeObject): FieldError[] {
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  objectsAt(object, 'webhooks').forEach((hook, at) => {
    const [path, name] = [itemPath('webhooks', at), textAt(hook, 'name')];
    errors.push(...hookErrors(hook, path));
    if (name !== '' && seen.has(name)) errors.push(duplicate(`${path}.name`, name));
    seen.add(name);
  });
  return errors;
}

function webhookConfigurations(
  kind: 'MutatingWebhookConfiguration' | 'ValidatingWebhookConfiguration',
): ServedResource {
  const isMutating = kind === 'MutatingWebhookConfiguration';
  return builtinResource({
    table: kindTable(GROUP, kind),
    defaults: (object) => {
      const hooks = objectsAt(object, 'webhooks');
      return hooks.length === 0 ? object : { ...object, webhooks: hooks.map((hook) => withDefaults(hook, isMutating)) };
    },
    strategy: {
      ...countedGeneration('webhooks'),
      validateCreate: validate,
      validateUpdate: validate,
      unconditionalUpdate: false,
    },
    columns: withNameAndAge(
      column('Webhooks', 'How many webhooks it has.', (object) => objectsAt(object, 'webhooks').length, {
        type: 'integer',
      }),
    ),
  });
}

/** admissionregistration.k8s.io/v1 mutatingwebhookconfigurations. */
export function mutatingWebhookConfigurations(): ServedResource {
  return webhookConfigurations('MutatingWebhookConfiguration');
}

/** admissionregistration.k8s.io/v1 validatingwebhookconfigurations. */
export function validatingWebhookConfigurations(): ServedResource {
  return webhookConfigurations('ValidatingWebhookConfiguration');
}
