import type { FieldError, JsonObject, KubeObject } from '@kcp/api-machinery';
import {
  asInteger,
  compareQuantities,
  invalid,
  isQualifiedName,
  itemPath,
  parseQuantity,
  required,
  zeroQuantity,
  objectAt,
  objectsAt,
  optionalObjectAt,
  textAt,
  textEntriesAt,
  textsAt,
} from '@kcp/api-machinery';
import {
  EXISTENCE_SCOPES,
  fitsScope,
  isCountedName,
  isQuotaScope,
  isStandardQuotaName,
  isStandardResourceName,
} from './quota-names.ts';

const OPPOSITES = [
  ['BestEffort', 'NotBestEffort'],
  ['Terminating', 'NotTerminating'],
];
const EXISTS_ONLY =
  "must be 'Exists' when scope is any of ResourceQuotaScopeTerminating, ResourceQuotaScopeNotTerminating, ResourceQuotaScopeBestEffort, ResourceQuotaScopeNotBestEffort or ResourceQuotaScopeCrossNamespacePodAffinity";

function nameErrors(name: string, path: string): FieldError[] {
  const errors = isQualifiedName(name).map((message) => invalid(path, name, message));
  if (errors.length === 0 && !name.includes('/') && !isStandardResourceName(name)) {
    errors.push(invalid(path, name, 'must be a standard resource type or fully qualified'));
  }
  if (!name.includes('/') && !isStandardQuotaName(name)) {
    errors.push(invalid(path, name, 'must be a standard resource for quota'));
  }
  return errors;
}

function amountErrors(name: string, text: string, path: string): FieldError[] {
  const quantity = parseQuantity(text);
  const errors: FieldError[] = [];
  if (compareQuantities(quantity, zeroQuantity) < 0) {
    errors.push(invalid(path, text, 'must be greater than or equal to 0'));
  }
  // huge exponents are whole numbers; asking for them would build them
  const isWhole = quantity.exponent >= 0 || asInteger(quantity) !== undefined;
  if (isCountedName(name) && !isWhole) errors.push(invalid(path, text, 'must be an integer'));
  return errors;
}

function amountsErrors(parent: JsonObject, field: string, path: string): FieldError[] {
  return textEntriesAt(parent, field).flatMap(([name, text]) => {
    const place = itemPath(`${path}.${field}`, name);
    return [...nameErrors(name, place), ...amountErrors(name, text, place)];
  });
}

function misfits(spec: JsonObject, scope: string): readonly string[] {
  const names = Object.keys(objectAt(spec, 'hard'));
  return names.filter((name) => isStandardQuotaName(name) && !fitsScope(scope, name));
}

function hasOpposites(scopes: readonly string[]): boolean {
  return OPPOSITES.some((pair) => pair.every((scope) => scopes.includes(scope)));
}

function scopesErrors(spec: JsonObject): FieldError[] {
  const [scopes, path] = [textsAt(spec, 'scopes'), 'spec.scopes'];
  const errors: FieldError[] = [];
  for (const scope of scopes) {
    if (!isQuotaScope(scope)) errors.push(invalid(path, scopes, 'unsupported scope'));
    errors.push(...misfits(spec, scope).map(() => invalid(path, scopes, 'unsupported scope applied to resource')));
  }
  if (hasOpposites(scopes)) errors.push(invalid(path, scopes, 'conflicting scopes'));
  return errors;
}

function operatorErrors(requirement: JsonObject, path: string): FieldError[] {
  const [operator, scope] = [textAt(requirement, 'operator'), textAt(requirement, 'scopeName')];
  const values = textsAt(requirement, 'values');
  const errors: FieldError[] = [];
  if (EXISTENCE_SCOPES.has(scope) && operator !== 'Exists')
    errors.push(invalid(`${path}.operator`, operator, EXISTS_ONLY));
  if (operator === 'In' || operator === 'NotIn') {
    const why = "must be at least one value when `operator` is 'In' or 'NotIn' for scope selector";
    if (values.length === 0) errors.push(required(`${path}.values`, why));
  } else if (operator === 'Exists' || operator === 'DoesNotExist') {
    const why = "must be no value when `operator` is 'Exists' or 'DoesNotExist' for scope selector";
    if (values.length > 0) errors.push(invalid(`${path}.values`, values, why));
  } else errors.push(invalid(`${path}.operator`, operator, 'not a valid selector operator'));
  return errors;
}

function selectorErrors(spec: JsonObject): FieldError[] {
  const selector = optionalObjectAt(spec, 'scopeSelector');
  if (selector === undefined) return [];
  const path = 'spec.scopeSelector.matchExpressions';
  const requirements = objectsAt(selector, 'matchExpressions');
  const errors = requirements.flatMap((requirement) => {
    const scope = textAt(requirement, 'scopeName');
    const unknown = isQuotaScope(scope) ? [] : [invalid(`${path}.scopeName`, scope, 'unsupported scope')];
    const unfit = misfits(spec, scope).map(() => invalid(path, selector, 'unsupported scope applied to resource'));
    return [...unknown, ...unfit, ...operatorErrors(requirement, path)];
  });
  const scopes = requirements.map((requirement) => textAt(requirement, 'scopeName'));
  return hasOpposites(scopes) ? [...errors, invalid(path, textsAt(spec, 'scopes'), 'conflicting scopes')] : errors;
}

/** What is wrong with what a quota asks for. */
export function quotaSpecErrors(object: KubeObject): FieldError[] {
  const spec = objectAt(object, 'spec');
  return [...amountsErrors(spec, 'hard', 'spec'), ...scopesErrors(spec), ...selectorErrors(spec)];
}

/** What is wrong with what a quota counted. */
export function quotaStatusErrors(object: KubeObject): FieldError[] {
  const status = objectAt(object, 'status');
  return [...amountsErrors(status, 'hard', 'status'), ...amountsErrors(status, 'used', 'status')];
}

/** The scopes of a quota cannot change. */
export function quotaScopeChangeErrors(object: KubeObject, old: KubeObject): FieldError[] {
  const [scopes, before] = [textsAt(objectAt(object, 'spec'), 'scopes'), textsAt(objectAt(old, 'spec'), 'scopes')];
  const [next, was] = [new Set(scopes), new Set(before)];
  const same = next.size === was.size && [...next].every((scope) => was.has(scope));
  return same ? [] : [invalid('spec.scopes', scopes, 'field is immutable')];
}
