import { stringifyJson, type JsonObject } from '@kcp/api-machinery';
import type { Wire, WireAnswer } from '@kcp/testing';
import { sample, sampleName } from './sample.ts';
import { collectionPath, kindName, type ServedKind } from './served-kind.ts';
import { HOME, NAME, NAMESPACE, OTHER } from './two-clusters.ts';

/** Something that can be asked of a kind, by its path within a logical cluster. */
export interface Attempt {
  readonly verb: string;
  readonly method: string;
  readonly path: string;
  readonly body?: JsonObject;
  readonly contentType?: string;
}

const MARK = { metadata: { annotations: { touched: 'yes' } } };

/** One request for every verb and sub-resource of a kind. What is created and deleted is called `fresh`. */
export function attemptsOn(kind: ServedKind, fresh: string): readonly Attempt[] {
  const all = collectionPath(kind);
  const here = collectionPath(kind, NAMESPACE);
  const item = `${here}/${sampleName(kind, NAME)}`;
  const made = sample(kind, { name: fresh, namespace: NAMESPACE, mark: fresh });
  const contentType = 'application/merge-patch+json';
  const possible: Attempt[] = [
    { verb: 'create', method: 'POST', path: here, body: made },
    { verb: 'get', method: 'GET', path: item },
    { verb: 'list', method: 'GET', path: all },
    { verb: 'list', method: 'GET', path: here },
    { verb: 'list', method: 'GET', path: `${here}?labelSelector=sample%3Dyes` },
    { verb: 'list', method: 'GET', path: `${here}?fieldSelector=metadata.name%3D${sampleName(kind, NAME)}` },
    { verb: 'watch', method: 'GET', path: `${all}?watch=true&timeoutSeconds=0` },
    { verb: 'watch', method: 'GET', path: `${here}?watch=true&resourceVersion=1&timeoutSeconds=0` },
    { verb: 'patch', method: 'PATCH', path: item, body: MARK, contentType },
    { verb: 'update', method: 'PUT', path: `${here}/${sampleName(kind, fresh)}`, body: made },
    { verb: 'delete', method: 'DELETE', path: `${here}/${sampleName(kind, fresh)}` },
    { verb: 'deletecollection', method: 'DELETE', path: `${here}?labelSelector=fresh` },
  ];
  const parts = kind.subresources.flatMap(({ name, verbs }): Attempt[] => [
    ...(verbs.includes('get') ? [{ verb: 'get', method: 'GET', path: `${item}/${name}` }] : []),
    ...(verbs.includes('patch')
      ? [{ verb: 'patch', method: 'PATCH', path: `${item}/${name}`, body: MARK, contentType }]
      : []),
    ...(verbs.includes('create')
      ? [{ verb: 'create', method: 'POST', path: `${item}/${name}`, body: { spec: {} } }]
      : []),
  ]);
  return [...possible.filter(({ verb }) => kind.verbs.includes(verb)), ...parts];
}

/** One way of saying which logical cluster is meant. */
export interface Form {
  readonly name: string;
  readonly prefix: string;
  readonly header?: string;
}

/** Forms that lead into a logical cluster, for whoever may go there. */
export function doors(cluster: string): readonly Form[] {
  const [first = '', ...rest] = cluster;
  return [
    { name: 'path', prefix: `/clusters/${cluster}` },
    { name: 'header', prefix: '', header: cluster },
    { name: 'path and header', prefix: `/clusters/${cluster}`, header: cluster },
    { name: 'percent-encoded path', prefix: `/clusters/%${first.charCodeAt(0).toString(16)}${rest.join('')}` },
  ];
}

/** Forms that are good for nothing: contradictions, detours, other clusters' paths. */
export const detours: readonly Form[] = [
  { name: 'path of one, header of the other', prefix: `/clusters/${HOME}`, header: OTHER },
  { name: 'header of one, path of the other', prefix: `/clusters/${OTHER}`, header: HOME },
  { name: 'dots', prefix: `/clusters/${HOME}/../${OTHER}` },
  { name: 'encoded dots', prefix: `/clusters/${HOME}%2f..%2f${OTHER}` },
  { name: 'a prefix within a prefix', prefix: `/clusters/${HOME}/clusters/${OTHER}` },
  { name: 'an encoded prefix', prefix: `/clusters/${HOME}%2Fclusters%2F${OTHER}` },
  { name: 'two slashes', prefix: `//clusters/${OTHER}` },
  { name: 'an encoded word', prefix: `/%63lusters/${OTHER}` },
  { name: 'a path below', prefix: `/clusters/${HOME}:${OTHER}` },
  { name: 'a path from the root', prefix: `/clusters/root:${OTHER}` },
  { name: 'capitals', prefix: `/clusters/${OTHER.toUpperCase()}` },
  { name: 'a header with a list', prefix: '', header: `${HOME}, ${OTHER}` },
  { name: 'a parameter', prefix: `/clusters/${HOME};${OTHER}` },
];

/** Forms that mean all logical clusters. */
export const wildcards: readonly Form[] = [
  { name: 'wildcard path', prefix: '/clusters/*' },
  { name: 'encoded wildcard path', prefix: '/clusters/%2a' },
  { name: 'wildcard header', prefix: '', header: '*' },
];

/** Sends an attempt in a form. */
export function send(
  wire: Wire,
  attempt: Attempt,
  form: Form,
  headers: Readonly<Record<string, string>> = {},
): Promise<WireAnswer> {
  const { method, path, body, contentType } = attempt;
  return wire.request(form.prefix + path, {
    method,
    ...(body !== undefined && { text: stringifyJson(body) }),
    ...(contentType !== undefined && { contentType }),
    headers: { ...headers, ...(form.header !== undefined && { 'x-kubernetes-cluster': form.header }) },
  });
}

/** What an attempt is called in a failure. */
export function describeAttempt(kind: ServedKind, { verb, path }: Attempt, form: Form): string {
  return `${verb} ${kindName(kind)} by ${form.name}: ${path}`;
}
