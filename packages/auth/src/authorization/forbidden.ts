import { ApiError, forbiddenResource, quote } from '@kcp/api-machinery';
import type { Attributes } from '../authorizer.ts';

const HTML: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;' };

/** The sentence of a refusal: `User "x" cannot list resource "configmaps" in API group "" in the namespace "d"` (responsewriters). */
export function forbiddenMessage(attributes: Attributes, reason: string): string {
  const sentence = describe(attributes).replace(/[&<>]/g, (character) => HTML[character] ?? character);
  return reason === '' ? sentence : `${sentence}: ${reason}`;
}

/** The 403 of a refused request. */
export function forbiddenError(attributes: Attributes, reason: string): ApiError {
  const why = forbiddenMessage(attributes, reason);
  if (attributes.kind === 'path') return new ApiError('Forbidden', `forbidden: ${why}`, { details: {} });
  return forbiddenResource(attributes, attributes.name, why);
}

function describe(attributes: Attributes): string {
  const who = `User ${quote(attributes.user.name)} cannot ${attributes.verb}`;
  if (attributes.kind === 'path') return `${who} path ${quote(attributes.path)}`;
  const { resource, subresource, group, namespace } = attributes;
  const what = quote(subresource === '' ? resource : `${resource}/${subresource}`);
  const where = namespace === '' ? 'at the cluster scope' : `in the namespace ${quote(namespace)}`;
  return `${who} resource ${what} in API group ${quote(group)} ${where}`;
}
