import { type FieldError, invalid, isObject, type Json, type KubeObject, own, stringifyJson } from '@kcp/api-machinery';
import type { ScalePaths } from '../definition/custom-resource-definition.ts';

const MAX_INT32 = 2_147_483_647;

/** What is wrong with spec.replicas of a kind with a scale, whatever its schema says. */
export function validateScaleSpec(object: KubeObject, scale: ScalePaths | undefined): FieldError[] {
  return scale === undefined ? [] : validateReplicas(object, scale.specReplicasPath);
}

/** What is wrong with the status that a scale shows, whatever the schema says. */
export function validateScaleStatus(object: KubeObject, scale: ScalePaths | undefined): FieldError[] {
  if (scale === undefined) return [];
  const { statusReplicasPath, labelSelectorPath = '' } = scale;
  const errors = validateReplicas(object, statusReplicasPath);
  if (labelSelectorPath === '') return errors;
  const { value, error } = nested(object, labelSelectorPath);
  if (error !== undefined) return [...errors, invalid(labelSelectorPath, '', error)];
  if (value === undefined || typeof value === 'string') return errors;
  return [...errors, invalid(labelSelectorPath, '', accessorError(labelSelectorPath, value, 'string'))];
}

function validateReplicas(object: KubeObject, path: string): FieldError[] {
  const { value = 0, error } = nested(object, path);
  if (error !== undefined) return [invalid(path, 0, error)];
  if ((typeof value !== 'number' || !Number.isInteger(value)) && typeof value !== 'bigint') {
    return [invalid(path, 0, accessorError(path, value, 'int64'))];
  }
  if (value < 0) return [invalid(path, value, 'should be a non-negative integer')];
  return value > MAX_INT32 ? [invalid(path, value, `should be less than or equal to ${MAX_INT32}`)] : [];
}

interface Nested {
  readonly value?: Json | undefined;
  readonly error?: string;
}

/** The value at a dotted path; an error where something on the way is no object (unstructured.NestedFieldNoCopy). */
function nested(object: KubeObject, path: string): Nested {
  let value: Json | undefined = object;
  let walked = '';
  for (const name of path.replace(/^\./, '').split('.')) {
    if (value === undefined || value === null) return {};
    if (!isObject(value)) return { error: accessorError(walked, value, 'map[string]interface {}') };
    walked += `.${name}`;
    value = own(value, name);
  }
  return { value };
}

function accessorError(path: string, value: Json, wanted: string): string {
  const shown = typeof value === 'string' ? value : stringifyJson(value);
  return `${path} accessor error: ${shown} is of the type ${goTypeOf(value)}, expected ${wanted}`;
}

function goTypeOf(value: Json): string {
  if (value === null) return '<nil>';
  if (Array.isArray(value)) return '[]interface {}';
  if (typeof value === 'number') return Number.isInteger(value) ? 'int64' : 'float64';
  if (typeof value === 'bigint') return 'int64';
  return typeof value === 'boolean' ? 'bool' : typeof value === 'string' ? 'string' : 'map[string]interface {}';
}
