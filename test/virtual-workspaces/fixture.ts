import { isObject, own, type Json, type JsonObject } from '@kcp/api-machinery';
import { openWire, startTestServer } from '@kcp/testing';
import type { testUsers, TestServer, Wire, WireAnswer } from '@kcp/testing';

/** A server, and what tests of its surfaces do to it. */
export interface SurfaceServer extends AsyncDisposable {
  readonly server: TestServer;
  /** Asks as one of the users, below no logical cluster. */
  ask(user: keyof typeof testUsers, path: string, options?: Parameters<Wire['request']>[1]): Promise<WireAnswer>;
  /** A connection of its own. */
  wire(user: keyof typeof testUsers): Wire;
  /** Makes a Workspace as the admin; the name of its logical cluster, once it is there. */
  workspace(parent: string, name: string, type?: string): Promise<string>;
  /** The same in the root, as a user, who is its owner then. */
  ownWorkspace(user: keyof typeof testUsers, name: string, type: string): Promise<string>;
  /** Lets a user or group into a logical cluster. */
  letIn(cluster: string, subject: Subject): Promise<void>;
  /** Lets a user make workspaces of all types in the root. */
  mayMake(user: string): Promise<void>;
  /** Gives a user a verb on a WorkspaceType in the root. */
  grantOnType(user: string, verb: string, type: string): Promise<void>;
}

/** Who is given something. */
export interface Subject {
  readonly kind: 'User' | 'Group';
  readonly name: string;
}

const RBAC = '/apis/rbac.authorization.k8s.io/v1';
export const WORKSPACES = '/apis/tenancy.kcp.io/v1alpha1/workspaces';
export const TYPES = '/apis/tenancy.kcp.io/v1alpha1/workspacetypes';
export const LOGICAL_CLUSTERS = '/apis/core.kcp.io/v1alpha1/logicalclusters';

/** Starts a server. */
export async function startSurfaces(): Promise<SurfaceServer> {
  await using parts = new AsyncDisposableStack();
  const server = parts.use(await startTestServer());
  const authority = server.server.certificateAuthority;
  const wires = new Map<string, Wire>();
  parts.defer(() => {
    for (const wire of wires.values()) wire[Symbol.dispose]();
  });
  const wire = (user: keyof typeof testUsers): Wire => {
    let known = wires.get(user);
    if (known === undefined) {
      known = openWire({ url: server.url, token: server.tokenOf(user), authority });
      wires.set(user, known);
    }
    return known;
  };
  const owned = parts.move();
  return {
    server,
    wire,
    ask: (user, path, options) => wire(user).request(path, options),
    workspace: (parent, name, type) => makeWorkspace(server, parent, { name, type }),
    ownWorkspace: async (user, name, type) => {
      const spec = { type: { name: type, path: 'root' } };
      const body = { ...objectOf('tenancy.kcp.io/v1alpha1', 'Workspace', name), spec };
      const made = await wire(user).request(`/clusters/root${WORKSPACES}`, { method: 'POST', body });
      if (made.status !== 201) throw new Error(made.text);
      return served(server, 'root', name);
    },
    letIn: (cluster, subject) => letIn(server, cluster, subject),
    mayMake: (user) => give(server, { user, name: 'make', rules: MAKE }),
    grantOnType: (user, verb, type) => give(server, { user, name: `${verb}-${type}`, rules: onType(verb, type) }),
    [Symbol.asyncDispose]: () => owned.disposeAsync(),
  };
}

async function makeWorkspace(
  server: TestServer,
  parent: string,
  { name, type }: { readonly name: string; readonly type: string | undefined },
): Promise<string> {
  const client = server.client(parent);
  const spec = type === undefined ? {} : { type: { name: type, path: 'root' } };
  await client.create(WORKSPACES, { ...objectOf('tenancy.kcp.io/v1alpha1', 'Workspace', name), spec });
  return served(server, parent, name);
}

/** Waits until a workspace can be entered; the name of its logical cluster. */
async function served(server: TestServer, parent: string, name: string): Promise<string> {
  const client = server.client(parent);
  const watch = client.watch(WORKSPACES, { fieldSelector: `metadata.name=${name}` }, AbortSignal.timeout(10_000));
  for await (const { object } of watch) {
    const cluster = textIn(object, 'spec', 'cluster');
    const phase = textIn(object, 'status', 'phase');
    if (cluster !== '' && (phase === 'Ready' || phase === 'Initializing')) return cluster;
  }
  throw new Error(`workspace ${name} is not served`);
}

async function letIn(server: TestServer, cluster: string, { kind, name }: Subject): Promise<void> {
  await server.client(cluster).create(`${RBAC}/clusterrolebindings`, {
    ...objectOf('rbac.authorization.k8s.io/v1', 'ClusterRoleBinding', `enter-${name}`),
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: 'system:kcp:workspace:access' },
    subjects: [{ kind, name, apiGroup: 'rbac.authorization.k8s.io' }],
  });
}

const ENTER = { verbs: ['access'], nonResourceURLs: ['/'] };
const GROUP = 'tenancy.kcp.io';
const MAKE: readonly JsonObject[] = [
  ENTER,
  { verbs: ['create'], apiGroups: [GROUP], resources: ['workspaces'] },
  { verbs: ['use'], apiGroups: [GROUP], resources: ['workspacetypes'] },
];

function onType(verb: string, type: string): readonly JsonObject[] {
  return [ENTER, { verbs: [verb], apiGroups: [GROUP], resources: ['workspacetypes'], resourceNames: [type] }];
}

interface Gift {
  readonly user: string;
  readonly name: string;
  readonly rules: readonly JsonObject[];
}

async function give(server: TestServer, { user, name, rules }: Gift): Promise<void> {
  const client = server.client('root');
  const role = `${user}-${name}`;
  await client.create(`${RBAC}/clusterroles`, {
    ...objectOf('rbac.authorization.k8s.io/v1', 'ClusterRole', role),
    rules,
  });
  await client.create(`${RBAC}/clusterrolebindings`, {
    ...objectOf('rbac.authorization.k8s.io/v1', 'ClusterRoleBinding', role),
    roleRef: { apiGroup: 'rbac.authorization.k8s.io', kind: 'ClusterRole', name: role },
    subjects: [{ kind: 'User', name: user, apiGroup: 'rbac.authorization.k8s.io' }],
  });
}

/** The beginning of an object. */
export function objectOf(apiVersion: string, kind: string, name: string): JsonObject {
  return { apiVersion, kind, metadata: { name } };
}

/** A text in an object; empty where there is none. */
export function textIn(object: Json | undefined, ...path: readonly string[]): string {
  let at: Json | undefined = object;
  for (const key of path) at = isObject(at) ? own(at, key) : undefined;
  return typeof at === 'string' ? at : '';
}

/** The names of the items of a list. */
export function namesIn({ object }: Pick<WireAnswer, 'object'>): readonly string[] {
  const items = own(object, 'items');
  return Array.isArray(items) ? items.map((item: Json) => textIn(item, 'metadata', 'name')) : [];
}

/** `TYPE name` of watch events, bookmarks left out. */
export function told(events: readonly JsonObject[]): readonly string[] {
  return events
    .filter(({ type }) => type !== 'BOOKMARK')
    .map((event) => `${textIn(event, 'type')} ${textIn(event, 'object', 'metadata', 'name')}`);
}
