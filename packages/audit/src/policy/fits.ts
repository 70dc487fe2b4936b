import type { GroupResources, PolicyRule } from './policy.ts';

/** What a policy looks at in a request for a resource. */
export interface AuditedResource {
  readonly kind: 'resource';
  readonly group: string;
  readonly version: string;
  readonly resource: string;
  readonly subresource: string;
  readonly namespace: string;
  readonly name: string;
}

/** What a policy looks at in a request. */
export type AuditedAttributes = {
  readonly verb: string;
  readonly user: { readonly name: string; readonly groups: readonly string[] };
} & (AuditedResource | { readonly kind: 'path'; readonly path: string });

/** True where a request fits every part of a rule. */
export function fits(rule: PolicyRule, request: AuditedAttributes): boolean {
  const { users, userGroups, verbs } = rule;
  if (users.length > 0 && !users.includes(request.user.name)) return false;
  if (userGroups.length > 0 && !request.user.groups.some((group) => userGroups.includes(group))) return false;
  if (verbs.length > 0 && !verbs.includes(request.verb)) return false;
  if (rule.namespaces.length > 0 || rule.resources.length > 0)
    return request.kind === 'resource' && fitsResource(rule, request);
  if (rule.nonResourceURLs.length === 0) return true;
  return request.kind === 'path' && rule.nonResourceURLs.some((pattern) => fitsPath(pattern, request.path));
}

function fitsPath(pattern: string, path: string): boolean {
  if (pattern === '*' || pattern === path) return true;
  return pattern.endsWith('*') && path.startsWith(pattern.slice(0, -1));
}

function fitsResource({ namespaces, resources }: PolicyRule, request: AuditedResource): boolean {
  if (namespaces.length > 0 && !namespaces.includes(request.namespace)) return false;
  return resources.length === 0 || resources.some((some) => isOneOf(some, request));
}

function isOneOf(
  { group, resources, resourceNames }: GroupResources,
  { group: asked, resource, subresource, name }: AuditedResource,
): boolean {
  if (group !== asked && group !== '*') return false;
  if (resources.length === 0) return true;
  if (resourceNames.length > 0 && !resourceNames.includes(name)) return false;
  const whole = subresource === '' ? resource : `${resource}/${subresource}`;
  return resources.some(
    (pattern) =>
      pattern === '*' ||
      pattern === whole ||
      (subresource !== '' && pattern === `*/${subresource}`) ||
      pattern === `${resource}/*`,
  );
}
