import type { FieldError, JsonObject, KubeObject } from '@kcp/api-machinery';
import { invalid, itemPath, required, objectsAt, optionalObjectAt, textsAt } from '@kcp/api-machinery';
import { kindTable } from '@kcp/apis';
import type { ServedResource, Strategy } from '@kcp/apiserver';
import { builtinResource, nameIsPathSegment } from '../builtin-resource.ts';
import { labelSelectorErrors } from '../label-selector-validation.ts';
import type { RbacGuard } from './guard.ts';
import { guardedRole } from './guard.ts';

const GROUP = 'rbac.authorization.k8s.io';

function ruleErrors(rule: JsonObject, path: string, isNamespaced: boolean): FieldError[] {
  const errors: FieldError[] = [];
  const count = (field: string): number => textsAt(rule, field).length;
  if (count('verbs') === 0) errors.push(required(`${path}.verbs`, 'verbs must contain at least one value'));
  const paths = textsAt(rule, 'nonResourceURLs');
  if (paths.length > 0) {
    const refuse = (why: string): number => errors.push(invalid(`${path}.nonResourceURLs`, paths, why));
    if (isNamespaced) refuse('namespaced rules cannot apply to non-resource URLs');
    if (count('apiGroups') + count('resources') + count('resourceNames') > 0) {
      refuse('rules cannot apply to both regular resources and non-resource URLs');
    }
    return errors;
  }
  if (count('apiGroups') === 0) {
    errors.push(required(`${path}.apiGroups`, 'resource rules must supply at least one api group'));
  }
  if (count('resources') === 0) {
    errors.push(required(`${path}.resources`, 'resource rules must supply at least one resource'));
  }
  return errors;
}

function rulesErrors(object: KubeObject, isNamespaced: boolean): FieldError[] {
  return objectsAt(object, 'rules').flatMap((rule, at) => ruleErrors(rule, itemPath('rules', at), isNamespaced));
}

function aggregationErrors(object: KubeObject): FieldError[] {
  const aggregation = optionalObjectAt(object, 'aggregationRule');
  if (aggregation === undefined) return [];
  const path = 'aggregationRule.clusterRoleSelectors';
  const selectors = objectsAt(aggregation, 'clusterRoleSelectors');
  if (selectors.length === 0) {
    return [required(path, 'at least one clusterRoleSelector required if aggregationRule is non-nil')];
  }
  return selectors.flatMap((selector, at) => {
    const errors = labelSelectorErrors(selector, itemPath(path, at));
    return errors.length === 0 ? errors : [...errors, invalid(itemPath(path, at), null, 'invalid label selector.')];
  });
}

function roleStrategy(guard: RbacGuard, validate: (object: KubeObject) => FieldError[]): Partial<Strategy> {
  return {
    nameErrors: nameIsPathSegment,
    createOnUpdate: true,
    validateCreate: validate,
    validatesWholeMetadata: true,
    validateUpdate: validate,
    ...guardedRole(guard),
  };
}

/** rbac.authorization.k8s.io/v1 roles. */
export function roles(guard: RbacGuard): ServedResource {
  return builtinResource({
    table: kindTable(GROUP, 'Role'),
    strategy: roleStrategy(guard, (object) => rulesErrors(object, true)),
  });
}

/** rbac.authorization.k8s.io/v1 clusterroles. */
export function clusterRoles(guard: RbacGuard): ServedResource {
  return builtinResource({
    table: kindTable(GROUP, 'ClusterRole'),
    strategy: roleStrategy(guard, (object) => [...rulesErrors(object, false), ...aggregationErrors(object)]),
  });
}
