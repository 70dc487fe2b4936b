import { childPath, type FieldError, invalid, required } from '@kcp/api-machinery';
import type { DefinitionSubresources } from './custom-resource-definition.ts';

/** What is wrong with sub-resources: the paths of scale (ValidateCustomResourceDefinitionSubresources). */
export function validateSubresources(subresources: DefinitionSubresources | undefined, path: string): FieldError[] {
  const scale = subresources?.scale;
  if (scale === undefined) return [];
  const at = (field: string): string => childPath(path, `scale.${field}`);
  const selector = scale.labelSelectorPath ?? '';
  return [
    ...validateBelow(scale.specReplicasPath, at('specReplicasPath'), ['.spec']),
    ...validateBelow(scale.statusReplicasPath, at('statusReplicasPath'), ['.status']),
    ...(selector === '' ? [] : validateBelow(selector, at('labelSelectorPath'), ['.spec', '.status'])),
  ];
}

function validateBelow(path: string, field: string, roots: readonly string[]): FieldError[] {
  if (path === '') return [required(field)];
  const errors = validateSimplePath(path, field);
  if (errors.length > 0 || roots.some((root) => path.startsWith(`${root}.`))) return errors;
  const where = roots.length === 1 ? roots.join() : `either ${roots.join(' or ')}`;
  return [invalid(field, path, `should be a json path under ${where}`)];
}

/** What is wrong with a JSON path where a simple one is wanted: it begins with a dot. */
export function validateSimplePath(path: string, field: string): FieldError[] {
  return path.startsWith('.') ? [] : [invalid(field, path, 'must be a simple json path starting with .')];
}
