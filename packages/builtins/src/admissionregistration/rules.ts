import type { FieldError, JsonObject } from '@kcp/api-machinery';
import {
  duplicate,
  invalid,
  isPathSegment,
  itemPath,
  notSupported,
  required,
  textAt,
  textsAt,
} from '@kcp/api-machinery';

const OPERATIONS = ['*', 'CONNECT', 'CREATE', 'DELETE', 'UPDATE'];
const SCOPES = ['*', 'Cluster', 'Namespaced'];

function starAlone(texts: readonly string[], path: string, others: string): FieldError[] {
  if (texts.length < 2 || !texts.includes('*')) return [];
  return [invalid(path, texts, `if '*' is present, must not specify other ${others}`)];
}

function operationErrors(operations: readonly string[], path: string): FieldError[] {
  const errors = operations.length === 0 ? [required(path)] : starAlone(operations, path, 'operations');
  operations.forEach((operation, at) => {
    if (!OPERATIONS.includes(operation)) errors.push(notSupported(itemPath(path, at), operation, OPERATIONS));
  });
  return errors;
}

function overlapErrors(resources: readonly string[], path: string): FieldError[] {
  const errors: FieldError[] = [];
  const wholeResources = new Set<string>();
  const wholeSubresources = new Set<string>();
  resources.forEach((text, at) => {
    const slash = text.indexOf('/');
    if (text === '') errors.push(required(itemPath(path, at)));
    if (slash < 0) return;
    const [resource, subresource] = [text.slice(0, slash), text.slice(slash + 1)];
    const refuse = (star: string): number => {
      return errors.push(invalid(itemPath(path, at), text, `if '${star}' is present, must not specify ${text}`));
    };
    if (wholeResources.has(resource)) refuse(`${resource}/*`);
    if (wholeSubresources.has(subresource)) refuse(`*/${subresource}`);
    if (subresource === '*') wholeResources.add(resource);
    if (resource === '*') wholeSubresources.add(subresource);
  });
  return errors;
}

function resourceErrors(resources: readonly string[], path: string): FieldError[] {
  if (resources.length === 0) return [required(path)];
  const errors = overlapErrors(resources, path);
  if (resources.length > 1 && resources.includes('*/*')) {
    errors.push(invalid(path, resources, "if '*/*' is present, must not specify other resources"));
  }
  const plain = resources.filter((text) => !text.includes('/'));
  if (resources.includes('*') && plain.at(-1) !== '*') {
    const why = "if '*' is present, must not specify other resources without subresources";
    errors.push(invalid(path, resources, why));
  }
  return errors;
}

/** What is wrong with a rule of a webhook or policy. */
export function ruleErrors(rule: JsonObject, path: string): FieldError[] {
  const [groups, versions] = [textsAt(rule, 'apiGroups'), textsAt(rule, 'apiVersions')];
  const errors = operationErrors(textsAt(rule, 'operations'), `${path}.operations`);
  if (groups.length === 0) errors.push(required(`${path}.apiGroups`));
  errors.push(...starAlone(groups, `${path}.apiGroups`, 'API groups'));
  if (versions.length === 0) errors.push(required(`${path}.apiVersions`));
  errors.push(...starAlone(versions, `${path}.apiVersions`, 'API versions'));
  versions.forEach((version, at) => {
    if (version === '') errors.push(required(itemPath(`${path}.apiVersions`, at)));
  });
  errors.push(...resourceErrors(textsAt(rule, 'resources'), `${path}.resources`));
  const scope = textAt(rule, 'scope');
  if ('scope' in rule && !SCOPES.includes(scope)) errors.push(notSupported(`${path}.scope`, scope, SCOPES));
  return errors;
}

/** What is wrong with a rule of a policy, which may name objects too. */
export function namedRuleErrors(rule: JsonObject, path: string): FieldError[] {
  const errors: FieldError[] = [];
  const seen = new Set<string>();
  textsAt(rule, 'resourceNames').forEach((name, at) => {
    const place = itemPath(`${path}.resourceNames`, at);
    errors.push(...isPathSegment(name).map((message) => invalid(place, name, message)));
    if (seen.has(name)) errors.push(duplicate(place, name));
    seen.add(name);
  });
  return [...errors, ...ruleErrors(rule, path)];
}
