import type { GroupVersionResource, JsonObject, KubeObject } from '@kcp/api-machinery';
import type { Transport, TransportResponse } from '@kcp/http';
import { parseScope, urlPrefix, type ClusterScope, type LogicalCluster } from '@kcp/logical-cluster';
import { Discovery } from '../discovery/discovery.ts';
import { decodeKubeObject } from './codec.ts';
import type { Kind, ObjectLike } from './kind.ts';
import { ResourceClient } from './resource-client.ts';
import { Sender, type PathRequest } from './sender.ts';
import { MAX_EVENT_BYTES, readObjects } from './watch-events.ts';
import type { Warning } from './warnings.ts';

/** What a client is made of. */
export interface ClientOptions {
  readonly transport: Transport;
  /** The path of the server's URL, which precedes every request's; one that ends in `/clusters/<name>` is of that logical cluster. */
  readonly basePath?: string;
  /** `@kcp/client` where left out. */
  readonly userAgent?: string;
  /** Sent with every request; lower-case names. */
  readonly headers?: Readonly<Record<string, string>>;
  /** Told what the server warns of. */
  readonly onWarning?: (warning: Warning) => void;
}

/** A client of a server or of one of its logical clusters. It owns nothing: its transport does. */
export interface Client {
  /** Precedes the path of every request. */
  readonly prefix: string;
  /**
   * The same client for another logical cluster: a path (`root:org`), a name, or `*` for all, as a text or as a value of
   * @kcp/logical-cluster. Throws RangeError for a text that is none of them.
   */
  cluster(scope: string | ClusterScope | LogicalCluster): Client;
  /** Requests about any resource. */
  resource(resource: GroupVersionResource): ResourceClient<KubeObject>;
  /** Requests about a kind whose type is known. */
  of<T extends ObjectLike>(kind: Kind<T>): ResourceClient<T>;
  /** What is offered here; with caches of its own. */
  discovery(): Discovery;
  /** Any path that answers with an object. Rejects with ApiError where it is refused. */
  request(path: string, request?: PathRequest): Promise<JsonObject>;
  /** The objects of any path that answers with one a line: the events of a watch as they are, errors too. */
  stream(path: string, request?: PathRequest): AsyncIterable<JsonObject>;
  /** Any path, whatever its answer is; a refusal is an answer too. The body has to be read, or the request aborted. */
  raw(path: string, request?: PathRequest): Promise<TransportResponse>;
}

/** Makes a client over a transport: that of `networkTransport`, or `inProcess` of @kcp/http. */
export function createClient(options: ClientOptions): Client {
  const { transport, basePath = '', userAgent = '@kcp/client', headers, onWarning } = options;
  const sender = new Sender({
    transport,
    prefix: basePath.replace(/\/+$/, ''),
    headers: { 'user-agent': userAgent, ...headers },
    onWarning,
  });
  return clientOver(sender);
}

function clientOver(sender: Sender): Client {
  const { prefix } = sender.options;
  return {
    prefix,
    cluster: (scope) => clientOver(new Sender({ ...sender.options, prefix: clusterPrefix(prefix, scope) })),
    resource: (resource) => new ResourceClient(sender, { ...resource, decode: decodeKubeObject }),
    of: (kind) => new ResourceClient(sender, kind),
    discovery: () => new Discovery(sender),
    request: (path, request) => sender.object(path, request),
    stream: async function* (path, request) {
      yield* readObjects(await sender.accepted(path, request), MAX_EVENT_BYTES);
    },
    raw: (path, request) => sender.open(path, request),
  };
}

/** A prefix that ends in a logical cluster gets another one; what precedes it, that of a virtual workspace say, stays. */
function clusterPrefix(prefix: string, scope: string | ClusterScope | LogicalCluster): string {
  const base = prefix.replace(/\/clusters\/[^/]+$/, '');
  const parsed = typeof scope === 'string' ? parseNamed(scope) : scope;
  return base + urlPrefix(parsed);
}

function parseNamed(text: string): ClusterScope {
  const scope = parseScope(text);
  // Reserved names, `system:admin`, are paths to the parser as well.
  if (!scope) throw new RangeError(`${JSON.stringify(text)} is neither a logical cluster's path or name nor *`);
  return scope;
}
