import { ApiError, badRequest, formatGroupResource } from '@kcp/api-machinery';
import type { Response } from '@kcp/http';
import { systemAdmin, type LogicalCluster } from '@kcp/logical-cluster';
import type { ObjectKey } from '@kcp/object-store';
import type { Catalog } from './catalog.ts';
import type { Exchange } from './exchange.ts';
import { negotiate, type Representation } from './media/negotiate.ts';
import { methodNotAllowed, nothingHere, respondText } from './present/respond.ts';
import type { ResourceRequest } from './request/request-info.ts';
import type { ServedResource } from './served-resource.ts';
import { connect } from './verbs/connect.ts';
import { post, postSubresource } from './verbs/create.ts';
import { deleteCollection, deleteOne } from './verbs/delete.ts';
import { get } from './verbs/get.ts';
import { list } from './verbs/list.ts';
import type { CreatingDeps } from './verbs/may-create.ts';
import { patch } from './verbs/patch.ts';
import { getScale, writeScale } from './verbs/scale.ts';
import type { CollectionTarget, ResourceTarget } from './verbs/target.ts';
import { put } from './verbs/update.ts';
import { watch, type WatchDeps } from './verbs/watch.ts';

/** What resource requests are answered with. */
export interface DispatchDeps extends CreatingDeps {
  readonly catalog: Catalog;
  readonly watches: WatchDeps;
}

/** Answers a request for a resource: finds what is served there and calls the verb. Throws ApiError. */
export async function dispatch(deps: DispatchDeps, exchange: Exchange, info: ResourceRequest): Promise<Response> {
  const { cluster } = exchange;
  if (typeof cluster !== 'string') return acrossClusters(deps, exchange, info);
  const preparing = deps.catalog.prepare?.(cluster, 'one');
  if (preparing) await preparing;
  const catalog = deps.catalog.of(cluster);
  const resource = catalog.find(info.group, info.version, info.resource);
  if (!resource) return unknownResource(exchange, info, isBuiltinGroup(deps.catalog, info.group));
  if (resource.deprecation !== undefined) exchange.warnings.push(resource.deprecation);
  const refused = refusePlace(exchange, info, resource);
  if (refused) return refused;
  const waiting = deps.store.synced();
  if (waiting) await waiting;
  const called = info.subresource === '' ? undefined : resource.subresources[info.subresource];
  if (called?.kind === 'connect')
    return connect(deps, { exchange, info, resource, key: keyOf(cluster, info, resource) }, called);
  return info.name === '' || info.verb === 'list' || info.verb === 'watch' || info.verb === 'deletecollection'
    ? collectionVerb(deps, {
        exchange,
        info,
        resource,
        cluster,
        namespace: resource.namespaced ? info.namespace : '',
        representation: representationOf(exchange, info, resource),
      })
    : objectVerb(deps, {
        exchange,
        info,
        resource,
        representation: representationOf(exchange, info, resource),
        key: keyOf(cluster, info, resource),
      });
}

/** Asked of the cluster that has nothing of its own: the groups of one with a thousand definitions take long to make. */
function isBuiltinGroup(catalog: Catalog, name: string): boolean {
  return catalog.of(systemAdmin).groups.some(({ group, origin }) => group === name && origin === 'builtin');
}

function keyOf(
  cluster: LogicalCluster,
  { namespace, name }: ResourceRequest,
  { namespaced }: ServedResource,
): ObjectKey {
  return { cluster, namespace: namespaced ? namespace : '', name };
}

function representationOf(exchange: Exchange, info: ResourceRequest, resource: ServedResource): Representation {
  const forms = hasMessages(info, resource) ? 'any' : 'text';
  return negotiate(exchange.request.header('accept'), info.verb === 'watch' ? 'watch' : 'object', forms);
}

/** Whether what a request is answered with can be written in protobuf. */
function hasMessages({ subresource }: ResourceRequest, resource: ServedResource): boolean {
  const asked = subresource === '' ? undefined : resource.subresources[subresource];
  if (asked?.kind === 'scale') return true;
  return (asked?.kind === 'create' ? asked.protobuf : resource.protobuf) !== undefined;
}

async function acrossClusters(deps: DispatchDeps, exchange: Exchange, info: ResourceRequest): Promise<Response> {
  if ((info.verb !== 'list' && info.verb !== 'watch') || info.subresource !== '') {
    throw new ApiError(
      'MethodNotAllowed',
      `${info.verb} is not supported on resources of kind ${JSON.stringify(formatGroupResource(info))} in the \`*\` logical cluster`,
      {
        details: { ...(info.group && { group: info.group }), kind: info.resource },
      },
    );
  }
  const resource = deps.catalog.across(info.group, info.version, info.resource);
  if (!resource) return respondText(exchange, 404, '404 page not found\n');
  const waiting = deps.store.synced();
  if (waiting) await waiting;
  return collectionVerb(deps, {
    exchange,
    info,
    resource,
    cluster: exchange.cluster,
    namespace: info.namespace,
    representation: representationOf(exchange, info, resource),
  });
}

/** Unknown resources of groups that are built in get a Status, everything else a plain text. */
function unknownResource(exchange: Exchange, info: ResourceRequest, known: boolean): Response {
  if (known || info.group === '') throw nothingHere();
  return respondText(exchange, 404, '404 page not found\n');
}

/** What cannot be at a place: a namespaced object without a namespace, a path that is too deep, a sub-resource that is not served. */
function refusePlace(exchange: Exchange, info: ResourceRequest, resource: ServedResource): Response | undefined {
  const builtin = resource.origin === 'builtin';
  const misplaced = resource.namespaced
    ? info.namespace === '' && info.name !== '' && info.verb !== 'list' && info.verb !== 'watch'
    : info.namespace !== '' && info.resource !== 'namespaces';
  if (misplaced || (info.remainder.length > 1 && !takesPath(info, resource))) {
    if (builtin) throw nothingHere();
    return respondText(exchange, 404, '404 page not found\n');
  }
  if (info.subresource === '' || Object.hasOwn(resource.subresources, info.subresource)) return undefined;
  if (builtin) throw nothingHere();
  throw new ApiError('NotFound', `${formatGroupResource(info)} "${info.name}" not found`, {
    details: { name: info.name, ...(info.group && { group: info.group }), kind: info.resource },
  });
}

function takesPath({ subresource }: ResourceRequest, { subresources }: ServedResource): boolean {
  const asked = Object.hasOwn(subresources, subresource) ? subresources[subresource] : undefined;
  return asked?.kind === 'connect' && asked.takesPath;
}

function unsupported(info: ResourceRequest, resource: ServedResource): ApiError {
  if (resource.origin === 'builtin') return methodNotAllowed();
  return new ApiError(
    'MethodNotAllowed',
    `${info.verb} is not supported on resources of kind ${JSON.stringify(formatGroupResource(info))}`,
    {
      details: { ...(info.group && { group: info.group }), kind: info.resource },
    },
  );
}

async function collectionVerb(deps: DispatchDeps, target: CollectionTarget): Promise<Response> {
  const { info, resource } = target;
  const verb = info.verb === 'get' ? 'list' : info.verb;
  if (resource.origin === 'custom' && (verb === 'update' || verb === 'patch'))
    throw badRequest('name must be provided');
  if (!serves(resource, verb) || isHead(target)) throw unsupported(info, resource);
  switch (verb) {
    case 'list':
      return list(deps.store, target);
    case 'watch':
      return watch(deps.watches, target);
    case 'create':
    case 'deletecollection':
      if (resource.namespaced && target.namespace === '') return withoutNamespace(target);
      return verb === 'create' ? post(deps, createTarget(target)) : deleteCollection(deps, target);
    default:
      throw unsupported(info, resource);
  }
}

/** What writes into all namespaces at once is answered with: nothing does. */
function withoutNamespace({ exchange, info, resource }: CollectionTarget): Response {
  if (resource.origin === 'builtin') throw unsupported(info, resource);
  return respondText(exchange, 404, '404 page not found\n');
}

/** A definition that is being deleted shows no verbs that write, but finalizers can still be removed and a create says why not. */
function serves(resource: ServedResource, verb: string): boolean {
  if (resource.answer !== undefined) return verb === 'create';
  if (resource.terminating === true && (verb === 'create' || verb === 'update' || verb === 'patch')) return true;
  return resource.verbs.some((known) => known === verb);
}

/** HEAD is for custom resources only, as the original has it. */
function isHead({ exchange, resource }: Pick<CollectionTarget, 'exchange' | 'resource'>): boolean {
  return exchange.request.method === 'HEAD' && resource.origin === 'builtin';
}

function createTarget(target: CollectionTarget): ResourceTarget {
  const { cluster, resource } = target;
  if (typeof cluster !== 'string') throw methodNotAllowed();
  return { ...target, key: { cluster, namespace: resource.namespaced ? target.namespace : '', name: '' } };
}

async function objectVerb(deps: DispatchDeps, target: ResourceTarget): Promise<Response> {
  const { info, resource } = target;
  if (info.subresource !== '') return subresourceVerb(deps, target);
  if (info.verb === 'create' && resource.origin === 'custom')
    return post(deps, { ...target, key: { ...target.key, name: '' } });
  if (resource.answer !== undefined) throw nothingHere();
  if (!serves(resource, info.verb) || isHead(target)) throw unsupported(info, resource);
  switch (info.verb) {
    case 'get':
      return get(deps.store, target);
    case 'update':
      return put(deps, target);
    case 'patch':
      return patch(deps, target);
    case 'delete':
      return deleteOne(deps, target);
    default:
      throw unsupported(info, resource);
  }
}

async function subresourceVerb(deps: DispatchDeps, target: ResourceTarget): Promise<Response> {
  const { info, resource } = target;
  const subresource = resource.subresources[info.subresource];
  if (subresource?.kind === 'create') {
    if (info.verb !== 'create') throw unsupported(info, resource);
    return postSubresource(deps, target, subresource);
  }
  const reading = info.verb === 'get' && !isHead(target);
  if (!reading && info.verb !== 'update' && info.verb !== 'patch') throw unsupported(info, resource);
  if (subresource?.kind === 'scale')
    return reading ? getScale(deps, target, subresource) : writeScale(deps, target, subresource);
  if (
    subresource?.kind === 'part' &&
    subresource.verbs !== undefined &&
    !subresource.verbs.some((verb) => verb === info.verb)
  )
    throw unsupported(info, resource);
  if (reading) return get(deps.store, target);
  return info.verb === 'update' ? put(deps, target) : patch(deps, target);
}
