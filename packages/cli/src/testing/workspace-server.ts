import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { json } from 'node:stream/consumers';
import type { APIBinding, Workspace } from '../kinds.ts';

/** A workspace of the server: what it holds, and who gets in. */
export interface Held {
  readonly children: Map<string, Workspace>;
  bindings: APIBinding[];
  /** The answer to who asks for them, where it is another. */
  bindingsRefusal: number | undefined;
  /** Its own phase; undefined where its LogicalCluster may not be read. */
  phase: string | undefined;
  /** The answer to all that is asked of it, where it is not its own: 403, say. */
  refusal: number | undefined;
}

/** A server of workspaces over HTTP, as far as the commands ask one. New workspaces wait in `Initializing` until `finish`. */
export interface WorkspaceServer extends AsyncDisposable {
  readonly url: string;
  /** `GET /clusters/root/api`, in their order. */
  readonly requests: string[];
  /** By path. */
  readonly held: Map<string, Held>;
  /** Whether workspaces are ready in the answer to their creation. */
  readyAtOnce: boolean;
  /** The answer to watches, where they are refused. */
  watchRefusal: number | undefined;
  /** Settles once a watch is there. */
  readonly watched: Promise<void>;
  /** Adds a workspace, ready. */
  add(path: string, type?: string, parts?: Workspace['spec']): Held;
  /** Makes a workspace ready, and tells who watches. */
  finish(path: string): void;
  /** Cuts the connections of those who watch. */
  cutWatches(): void;
  /** Tells watchers that a workspace is gone. */
  remove(path: string): void;
}

const TENANCY = '/apis/tenancy.kcp.io/v1alpha1/workspaces';

/** Starts a server with a root workspace on a free port. */
export async function startWorkspaceServer(): Promise<WorkspaceServer> {
  const server = createServer();
  const served = new Served(server);
  server.on('request', (request, response) => void served.answer(request, response));
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  served.url = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  served.held.set('root', newHeld());
  return served;
}

class Served implements WorkspaceServer {
  url = '';
  readonly requests: string[] = [];
  readonly held = new Map<string, Held>();
  readyAtOnce = false;
  watchRefusal: number | undefined;
  readonly #server: Server;
  readonly #watches = new Map<string, ServerResponse>();
  readonly #watched = Promise.withResolvers<void>();
  #version = 1;

  constructor(server: Server) {
    this.#server = server;
  }

  get watched(): Promise<void> {
    return this.#watched.promise;
  }

  add(path: string, type = 'root:universal', parts: Workspace['spec'] = {}): Held {
    const [parent, name] = split(path);
    const at = type.lastIndexOf(':');
    this.#put(parent, name, {
      metadata: { name },
      spec: {
        type: { path: type.slice(0, at), name: type.slice(at + 1) },
        URL: `${this.url}/clusters/${path}`,
        ...parts,
      },
      status: { phase: 'Ready' },
    });
    const held = newHeld();
    this.held.set(path, held);
    return held;
  }

  finish(path: string): void {
    const [parent, name] = split(path);
    const workspace = this.held.get(parent)?.children.get(name);
    if (!workspace) throw new Error(`there is no workspace ${path}`);
    this.held.set(path, newHeld());
    this.#tell(parent, 'MODIFIED', this.#put(parent, name, { ...workspace, status: { phase: 'Ready' } }));
  }

  cutWatches(): void {
    for (const watch of this.#watches.values()) watch.destroy();
    this.#watches.clear();
  }

  remove(path: string): void {
    const [parent, name] = split(path);
    const workspace = this.held.get(parent)?.children.get(name);
    this.held.get(parent)?.children.delete(name);
    if (workspace) this.#tell(parent, 'DELETED', workspace);
  }

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '', this.url);
    this.requests.push(`${request.method} ${url.pathname}`);
    const [, path = '', rest = ''] = /^\/clusters\/([^/]+)(\/.*)$/.exec(decodeURI(url.pathname)) ?? [];
    const held = this.held.get(path);
    if (!held) return text(response, 404, '404 page not found');
    if (held.refusal !== undefined) return text(response, held.refusal, 'no');
    if (rest === '/api') return send(response, 200, { kind: 'APIVersions', versions: ['v1'] });
    if (rest === '/apis') return send(response, 200, { kind: 'APIGroupList', apiVersion: 'v1', groups: [] });
    if (rest.endsWith('/logicalclusters/cluster')) return this.#logicalCluster(response, held);
    if (rest.endsWith('/apibindings') && held.bindingsRefusal !== undefined)
      return text(response, held.bindingsRefusal, 'no');
    if (rest.endsWith('/apibindings'))
      return send(response, 200, list('apis.kcp.io/v1alpha2', 'APIBindingList', held.bindings));
    if (rest === TENANCY && request.method === 'POST') return this.#create(request, response, path);
    if (rest === TENANCY && url.searchParams.has('watch')) return this.#watch(response, path);
    if (rest === TENANCY)
      return send(response, 200, list('tenancy.kcp.io/v1alpha1', 'WorkspaceList', [...held.children.values()]));
    if (rest.startsWith(`${TENANCY}/`)) return this.#get(response, held, rest.slice(TENANCY.length + 1));
    text(response, 404, '404 page not found');
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.cutWatches();
    this.#server.close();
    this.#server.closeAllConnections();
    await once(this.#server, 'close');
  }

  async #create(request: IncomingMessage, response: ServerResponse, path: string): Promise<void> {
    const asked = (await json(request)) as Workspace;
    const name = asked.metadata.name ?? '';
    if (this.held.get(path)?.children.has(name))
      return refuse(response, 409, 'AlreadyExists', `workspaces.tenancy.kcp.io "${name}" already exists`);
    const type = { path: 'root', name: 'universal', ...asked.spec?.type };
    const spec = { ...asked.spec, type, URL: `${this.url}/clusters/${path}:${name}` };
    const phase = this.readyAtOnce ? 'Ready' : 'Initializing';
    if (this.readyAtOnce) this.held.set(`${path}:${name}`, newHeld());
    send(response, 201, this.#put(path, name, { metadata: { name }, spec, status: { phase } }));
  }

  #get(response: ServerResponse, held: Held, name: string): void {
    const workspace = held.children.get(name);
    if (workspace) send(response, 200, workspace);
    else refuse(response, 404, 'NotFound', `workspaces.tenancy.kcp.io "${name}" not found`);
  }

  #watch(response: ServerResponse, path: string): void {
    if (this.watchRefusal !== undefined) refuse(response, this.watchRefusal, 'Forbidden', 'you may not watch');
    else {
      response.writeHead(200, { 'content-type': 'application/json' }).flushHeaders();
      this.#watches.set(path, response);
    }
    this.#watched.resolve();
  }

  #logicalCluster(response: ServerResponse, { phase }: Held): void {
    if (phase === undefined) return refuse(response, 403, 'Forbidden', 'not yours');
    send(response, 200, {
      apiVersion: 'core.kcp.io/v1alpha1',
      kind: 'LogicalCluster',
      metadata: { name: 'cluster' },
      status: { phase },
    });
  }

  #put(parent: string, name: string, workspace: Workspace): Workspace {
    const resourceVersion = String(++this.#version);
    const type = { apiVersion: 'tenancy.kcp.io/v1alpha1', kind: 'Workspace' };
    const kept = { ...type, ...workspace, metadata: { ...workspace.metadata, resourceVersion } };
    this.held.get(parent)?.children.set(name, kept);
    return kept;
  }

  #tell(parent: string, type: string, workspace: Workspace): void {
    this.#watches.get(parent)?.write(`${JSON.stringify({ type, object: workspace })}\n`);
  }
}

function newHeld(): Held {
  return { children: new Map(), bindings: [], bindingsRefusal: undefined, phase: 'Ready', refusal: undefined };
}

function split(path: string): readonly [string, string] {
  const at = path.lastIndexOf(':');
  return [path.slice(0, at), path.slice(at + 1)];
}

function list(apiVersion: string, kind: string, items: readonly object[]): object {
  return { kind, apiVersion, metadata: { resourceVersion: '1' }, items };
}

function send(response: ServerResponse, status: number, body: object): void {
  response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
}

function text(response: ServerResponse, status: number, body: string): void {
  response.writeHead(status, { 'content-type': 'text/plain' }).end(body);
}

function refuse(response: ServerResponse, code: number, reason: string, message: string): void {
  send(response, code, {
    kind: 'Status',
    apiVersion: 'v1',
    metadata: {},
    status: 'Failure',
    message,
    reason,
    code,
    details: {},
  });
}
