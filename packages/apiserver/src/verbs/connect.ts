import { ApiError, badRequest, formatApiVersion } from '@kcp/api-machinery';
import type { Request, Response, UpgradeRequest } from '@kcp/http';
import { headersFor, methodNotAllowed, nothingHere } from '../present/respond.ts';
import { methodVerb } from '../request/request-info.ts';
import { spokenProtocols } from '../request/socket-credentials.ts';
import type { ConnectMethod, Subresource } from '../served-resource.ts';
import { admit, mutate } from '../write/admission-chain.ts';
import type { WriteDeps, WriteRequest } from '../write/write-request.ts';
import { find } from './get.ts';
import type { ResourceTarget } from './target.ts';
import { ownOptions, writeContext } from './write-context.ts';

/** A sub-resource of calls. */
export type ConnectSubresource = Extract<Subresource, { kind: 'connect' }>;

/** The call of a connect sub-resource: exec, port-forward, proxy, tunnel (k8s.io/apiserver handlers.ConnectResource). Throws ApiError. */
export async function connect(
  deps: WriteDeps,
  target: Omit<ResourceTarget, 'representation'>,
  subresource: ConnectSubresource,
): Promise<Response> {
  const { exchange, info, resource } = target;
  const { request, query } = exchange;
  // the deprecated watch paths ask authorization for another verb than the method's
  if (info.verb !== methodVerb(request.method)) throw nothingHere();
  if (!subresource.methods.some((method) => method === request.method)) throw methodNotAllowed();
  if (query.has('dryRun')) throw badRequest('dryRun is not supported');
  if (isRelative(info.remainder)) throw badRequest('the path must not have the segments "." and ".."');
  const context = writeContext(target, false);
  const { produces } = subresource;
  const { kind } = produces;
  const options = subresource.decodeOptions(query);
  const admitted: WriteRequest = { resource, context, options: ownOptions, subresource: info.subresource };
  const facts = {
    operation: 'CONNECT' as const,
    object: { apiVersion: formatApiVersion(produces), kind, ...options, metadata: {} },
    kind: produces,
    decode: () => {
      throw badRequest('the options of a call cannot be changed');
    },
    options: null,
  };
  await mutate(deps, admitted, facts);
  await admit(deps, admitted, facts);
  const response = await subresource.connect({
    request,
    subprotocols: spokenProtocols(request.upgrade),
    parent: find(deps.store, target).decode(),
    options,
    remainder: info.remainder,
    context,
  });
  return { ...response, headers: { ...headersFor(exchange, {}), ...response.headers } };
}

/** Whoever puts the rest of the path behind another one must not be led out of that. */
function isRelative(remainder: string): boolean {
  return remainder.split('/').some((segment) => segment === '.' || segment === '..');
}

/** The verbs that authorization and discovery have for what a sub-resource of calls takes. */
export function connectVerbs(methods: readonly ConnectMethod[]): readonly string[] {
  return [...new Set(methods.map(methodVerb))].filter((verb) => verb !== 'options').sort();
}

/** The upgrade that a call cannot do without. Throws BadRequest; SPDY, which clients before Kubernetes 1.31 speak, is refused by name. */
export function requireUpgrade(request: Request): UpgradeRequest {
  if (request.upgrade) return request.upgrade;
  const asked = request.header('upgrade');
  if (asked === undefined) throw badRequest('Upgrade request required');
  throw new ApiError('BadRequest', `unable to upgrade to ${JSON.stringify(asked)}: only websocket is spoken here`);
}
