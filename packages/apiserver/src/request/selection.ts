import { badRequest, matchesFields, matchesLabels, requiredField, type KubeObject } from '@kcp/api-machinery';
import type { ServedResource } from '../served-resource.ts';
import type { ListOptions } from './list-options.ts';

/** True where an object is among those asked for. Undefined instead of a function means: all are. */
export type Match = ((object: KubeObject) => boolean) | undefined;

/** The one name that a field selector allows; undefined where it allows several. */
export function selectedName(options: Pick<ListOptions, 'fields'>): string | undefined {
  return requiredField(options.fields, 'metadata.name');
}

/** What label and field selectors say of objects of a resource. Throws BadRequest for a field that cannot be selected. */
export function matcher(resource: ServedResource, { labels, fields }: Pick<ListOptions, 'labels' | 'fields'>): Match {
  for (const { field } of fields.requirements) checkField(resource, field);
  const { visible } = resource;
  if (labels.requirements.length === 0 && fields.requirements.length === 0) return visible;
  return (object) =>
    (visible === undefined || visible(object)) &&
    matchesLabels(labels, object.metadata.labels) &&
    (fields.requirements.length === 0 || matchesFields(fields, (field) => fieldOf(resource, object, field)));
}

function fieldOf(resource: ServedResource, object: KubeObject, field: string): string {
  if (field === 'metadata.name') return object.metadata.name ?? '';
  if (field === 'metadata.namespace') return object.metadata.namespace ?? '';
  return resource.selectableFields[field]?.(object) ?? '';
}

function checkField(resource: ServedResource, field: string): void {
  if (field === 'metadata.name' || (field === 'metadata.namespace' && hasNamespaceField(resource))) return;
  if (Object.hasOwn(resource.selectableFields, field)) return;
  const plain = resource.origin === 'builtin' && Object.keys(resource.selectableFields).length === 0;
  throw badRequest(
    plain
      ? `${JSON.stringify(field)} is not a known field selector: only "metadata.name", "metadata.namespace"`
      : `field label not supported: ${field}`,
  );
}

/** Cluster-scoped kinds with selectable fields of their own do not know metadata.namespace. */
function hasNamespaceField(resource: ServedResource): boolean {
  return resource.namespaced || Object.keys(resource.selectableFields).length === 0;
}
