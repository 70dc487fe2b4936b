import type { JsonObject, MutableJsonObject } from '@kcp/api-machinery';
import type { ServedResource, Subresource } from '../../served-resource.ts';
import { subresourceVerbs } from '../discovery.ts';
import {
  deleteParameters,
  getParameters,
  listParameters,
  nameParameter,
  namespaceParameter,
  patchParameters,
  prettyParameter,
  writeParameters,
} from './parameters.ts';

const META = 'io.k8s.apimachinery.pkg.apis.meta.v1';
const PATCHES = ['application/apply-patch+yaml', 'application/json-patch+json', 'application/merge-patch+json'];

/** What an operation is about. */
export interface Subject {
  readonly resource: ServedResource;
  /** The definition of what is sent and answered. */
  readonly schema: string;
  readonly kind: { readonly group: string; readonly version: string; readonly kind: string };
  /** The end of operation ids: the sub-resource, if any. */
  readonly suffix: string;
  /** Under a namespace. */
  readonly within: boolean;
}

function reference(name: string): JsonObject {
  return { $ref: `#/components/schemas/${name}` };
}

function content(schema: string, types: readonly string[] = ['application/json', 'application/yaml']): JsonObject {
  return Object.fromEntries(types.map((type) => [type, { schema: reference(schema) }]));
}

function responses(schema: string, codes: readonly (200 | 201 | 202)[]): JsonObject {
  const texts = { 200: 'OK', 201: 'Created', 202: 'Accepted' };
  const entries = codes.map((code) => [String(code), { description: texts[code], content: content(schema) }]);
  return { ...(Object.fromEntries(entries) as JsonObject), '401': { description: 'Unauthorized' } };
}

/** The beginning of operation ids: `DocsExampleComV1`, `CoreV1`. */
export function groupId({ group, version }: ServedResource['gvr']): string {
  const name = group === '' ? 'core' : group.replace(/\.k8s\.io$/, '');
  return [...name.split('.'), version].map((part) => part.charAt(0).toUpperCase() + part.slice(1)).join('');
}

function operation(
  action: string,
  verb: string,
  { resource, kind, suffix, within }: Subject,
  more: JsonObject,
): JsonObject {
  const id = `${verb}${groupId(resource.gvr)}${verb === 'delete' && action === 'deletecollection' ? 'Collection' : ''}${within ? 'Namespaced' : ''}${resource.kind}${suffix}`;
  return { ...more, operationId: id, 'x-kubernetes-action': action, 'x-kubernetes-group-version-kind': kind };
}

/** GET, POST and DELETE of a collection. */
export function collectionPath(subject: Subject, verbs: readonly string[]): JsonObject {
  const list = `${subject.schema}List`;
  const path: MutableJsonObject = { parameters: [...(subject.within ? [namespaceParameter] : []), prettyParameter] };
  if (verbs.includes('list'))
    path['get'] = operation('list', 'list', subject, {
      description: `list or watch objects of kind ${subject.kind.kind}`,
      parameters: listParameters,
      responses: responses(list, [200]),
    });
  if (verbs.includes('create')) {
    path['post'] = operation('post', 'create', subject, {
      description: `create a ${subject.kind.kind}`,
      parameters: writeParameters,
      requestBody: { content: content(subject.schema), required: true },
      responses: responses(subject.schema, [200, 201, 202]),
    });
  }
  if (verbs.includes('deletecollection')) {
    path['delete'] = operation('deletecollection', 'delete', subject, {
      description: `delete a collection of ${subject.kind.kind}`,
      parameters: listParameters,
      responses: responses(`${META}.Status`, [200]),
    });
  }
  return path;
}

/** GET of a namespaced collection over all namespaces. */
export function acrossNamespacesPath(subject: Subject): JsonObject {
  const get = operation(
    'list',
    'list',
    { ...subject, within: false, suffix: 'ForAllNamespaces' },
    {
      description: `list or watch objects of kind ${subject.kind.kind}`,
      parameters: listParameters,
      responses: responses(`${subject.schema}List`, [200]),
    },
  );
  return { parameters: [prettyParameter], get };
}

/** GET, PUT, PATCH and DELETE of one object or of a sub-resource. */
export function objectPath(subject: Subject, verbs: readonly string[]): JsonObject {
  const { schema, kind, within, resource } = subject;
  const path: MutableJsonObject = {
    parameters: [nameParameter(kind.kind), ...(within ? [namespaceParameter] : []), prettyParameter],
  };
  const body = { content: content(schema), required: true };
  if (verbs.includes('get'))
    path['get'] = operation('get', 'read', subject, {
      description: `read the specified ${kind.kind}`,
      parameters: getParameters,
      responses: responses(schema, [200]),
    });
  if (verbs.includes('update'))
    path['put'] = operation('put', 'replace', subject, {
      description: `replace the specified ${kind.kind}`,
      parameters: writeParameters,
      requestBody: body,
      responses: responses(schema, [200, 201]),
    });
  if (verbs.includes('create'))
    path['post'] = operation('post', 'create', subject, {
      description: `create ${kind.kind} of the specified object`,
      parameters: writeParameters,
      requestBody: body,
      responses: responses(schema, [200, 201, 202]),
    });
  if (verbs.includes('patch')) {
    const types = resource.mergeSchema ? [...PATCHES, 'application/strategic-merge-patch+json'] : PATCHES;
    const patchBody = { content: content(`${META}.Patch`, types), required: true };
    const codes: readonly (200 | 201)[] = resource.origin === 'builtin' ? [200, 201] : [200];
    path['patch'] = operation('patch', 'patch', subject, {
      description: `partially update the specified ${kind.kind}`,
      parameters: patchParameters,
      requestBody: patchBody,
      responses: responses(schema, codes),
    });
  }
  if (verbs.includes('delete')) {
    path['delete'] = operation('delete', 'delete', subject, {
      description: `delete a ${kind.kind}`,
      parameters: deleteParameters,
      requestBody: { content: content(`${META}.DeleteOptions`) },
      responses: responses(`${META}.Status`, [200, 202]),
    });
  }
  return path;
}

/** GET of the deprecated `/watch/` paths of built-in resources. */
export function watchPath(subject: Subject, named: boolean): JsonObject {
  const parameters = [
    ...(named ? [nameParameter(subject.kind.kind)] : []),
    ...(subject.within ? [namespaceParameter] : []),
    prettyParameter,
  ];
  const action = named ? 'watch' : 'watchlist';
  const suffix = named ? '' : 'List';
  const get = operation(
    action,
    'watch',
    { ...subject, suffix },
    {
      description: `watch ${subject.kind.kind}; deprecated: use the watch parameter of a list`,
      parameters: listParameters,
      responses: responses(`${META}.WatchEvent`, [200]),
    },
  );
  return { parameters, get };
}

/** What operations on a resource are about. */
export function subjectOf(resource: ServedResource, schema: string): Subject {
  const { group, version } = resource.gvr;
  return { resource, schema, kind: { group, kind: resource.kind, version }, suffix: '', within: resource.namespaced };
}

/** What operations on a sub-resource are about, and their verbs. */
export function subresourceSubject(
  subject: Subject,
  name: string,
  subresource: Exclude<Subresource, { kind: 'connect' }>,
): { subject: Subject; verbs: readonly string[] } {
  const suffix = name.charAt(0).toUpperCase() + name.slice(1);
  const verbs = subresourceVerbs(subresource);
  if (subresource.kind === 'scale') {
    const kind = { group: 'autoscaling', kind: 'Scale', version: 'v1' };
    return { subject: { ...subject, suffix, kind, schema: 'io.k8s.api.autoscaling.v1.Scale' }, verbs };
  }
  if (subresource.kind === 'part') return { subject: { ...subject, suffix }, verbs };
  const { produces } = subresource;
  const schema = `io.k8s.api.${produces.group.replace(/\.k8s\.io$/, '') || 'core'}.${produces.version}.${produces.kind}`;
  return { subject: { ...subject, suffix, kind: produces, schema }, verbs };
}
