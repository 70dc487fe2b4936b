import type { FieldError, KubeObject } from '@kcp/api-machinery';
import { invalid, invalidObject } from '@kcp/api-machinery';
import { kindTable } from '@kcp/apis';
import type { ServedResource } from '@kcp/apiserver';
import { builtinResource } from '../builtin-resource.ts';

/** A resource that is answered and never stored: it can only be created. */
export function reviewResource(
  group: string,
  kind: string,
  answer: NonNullable<ServedResource['answer']>,
): ServedResource {
  const { storageVersionHash: _, ...resource } = builtinResource({ table: kindTable(group, kind), verbs: ['create'] });
  return { ...resource, answer };
}

/** Throws Invalid where there are errors. Errors of reviews name no kind. */
export function refuseReview(group: string, errors: readonly FieldError[]): void {
  if (errors.length > 0) throw invalidObject({ group, kind: '' }, '', errors);
}

/** Reviews have no metadata; those of a namespace have that one. */
export function metadataErrors({ metadata }: KubeObject, namespace: string): FieldError[] {
  const { managedFields: _m, ...shown } = metadata;
  const isEmpty = Object.entries(shown).every(([field, value]) => field === 'namespace' && value === namespace);
  return isEmpty ? [] : [invalid('metadata', shown, 'must be empty')];
}
