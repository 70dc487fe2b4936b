import type { AdmissionAttributes } from '@kcp/admission';
import { badRequest, type JsonObject } from '@kcp/api-machinery';
import {
  createOpenApi,
  createPathHandler,
  createPipeline,
  inlineOffload,
  requireUpgrade,
  type Catalog,
  type ConnectCall,
  type ServedGroup,
  type ServedResource,
  type Subresource,
} from '@kcp/apiserver';
import type { Attributes, Authenticator, UserInfo } from '@kcp/auth';
import { builtinResources, type BuiltinDeps } from '@kcp/builtins';
import { inProcess, type MessageSocket, type Peer, type Response, type Transport } from '@kcp/http';
import { root } from '@kcp/logical-cluster';
import { openTestStore } from '@kcp/object-store/testing';
import { silentLogger } from '@kcp/telemetry';

/** What a server saw whose config maps can be called: at `echo`, which needs a socket, and at `proxy`, which takes a path. */
export interface Calls {
  readonly call: Transport;
  /** The same by a peer with a client certificate, who is nobody by it. */
  readonly withCertificate: Transport;
  readonly asked: Attributes[];
  readonly admitted: AdmissionAttributes[];
  readonly made: ConnectCall[];
}

const user = (name: string): UserInfo => ({ name, uid: '', groups: [], extra: {} });

/** Knows one token, `secret`; who shows nothing is anonymous. */
const authenticate: Authenticator = ({ token }) => {
  if (token === undefined) return { kind: 'authenticated', user: user('system:anonymous') };
  return token === 'secret' ? { kind: 'authenticated', user: user('somebody') } : { kind: 'refused', why: 'unknown' };
};

/** A server in this process with the config map `called` in the namespace `test` of `root`. */
export async function openCalls(): Promise<Calls> {
  const { store } = await openTestStore();
  const key = { cluster: root, namespace: 'test', name: 'called' };
  const object = { apiVersion: 'v1', kind: 'ConfigMap', metadata: { name: 'called', namespace: 'test' } };
  const asked: Attributes[] = [];
  const admitted: AdmissionAttributes[] = [];
  const made: ConnectCall[] = [];
  const groups = withCalls(made);
  const find = (group: string, version: string, resource: string): ServedResource | undefined =>
    groups
      .find((served) => served.group === group)
      ?.versions.find((served) => served.version === version)
      ?.resources.find(({ gvr }) => gvr.resource === resource);
  const catalog: Catalog = { of: () => ({ tag: 'calls', groups, find }), across: find };
  const resource = find('', 'v1', 'configmaps');
  const fingerprint = resource?.storedFingerprint ?? '';
  await store.commit([{ kind: 'create', bucket: { group: '', resource: 'configmaps' }, key, object, fingerprint }]);
  const handler = createPipeline({
    store,
    admission: [{ name: 'seeing', validate: (attributes) => void admitted.push(attributes) }],
    random: () => 0,
    newUid: () => 'uid',
    catalog,
    watches: { store, random: () => 0, definitions: { follow: () => ({ [Symbol.dispose]: () => {} }) } },
    resolvePath: () => undefined,
    clusterOfToken: () => root,
    authenticate,
    impersonate: (somebody) => somebody,
    authorize: (attributes) => {
      asked.push(attributes);
      return { kind: attributes.user.name === 'somebody' ? 'allow' : 'noOpinion', reason: '' };
    },
    paths: createPathHandler({
      catalog,
      checks: { healthz: [], livez: [], readyz: [] },
      version: {},
      serverAddress: () => 'a:1',
      metrics: () => Promise.resolve({ text: '', contentType: 'text/plain' }),
      documents: new Map(),
      openApi: createOpenApi({}),
    }),
    offload: inlineOffload(),
    clock: () => 0,
    newId: () => 'an-id',
    logger: silentLogger,
    observe: () => {},
  });
  const certified: Peer = { address: 'a', certificate: new Uint8Array(1), connection: {} };
  return { call: inProcess(handler), withCertificate: inProcess(handler, { peer: certified }), asked, admitted, made };
}

/** The core group, whose config maps can be called. */
function withCalls(made: ConnectCall[]): readonly ServedGroup[] {
  // nothing of what they would need is asked by what is tested
  const [core] = builtinResources({} as BuiltinDeps);
  const produces = { group: '', version: 'v1', kind: 'ConfigMapCallOptions' };
  const decodeOptions: Extract<Subresource, { kind: 'connect' }>['decodeOptions'] = (query): JsonObject => {
    if (query.has('bad')) throw badRequest('bad is not a parameter of calls');
    return { command: query.all('command') };
  };
  const echo: Subresource = {
    kind: 'connect',
    produces,
    methods: ['GET', 'POST'],
    takesPath: false,
    decodeOptions,
    connect: (call) => {
      made.push(call);
      const { protocol } = requireUpgrade(call.request);
      const [subprotocol] = call.subprotocols;
      return { status: 101, headers: { 'x-own': 'yes' }, upgrade: { protocol, subprotocol, run: say } };
    },
  };
  const proxy: Subresource = {
    ...echo,
    methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
    takesPath: true,
    connect: async (call): Promise<Response> => {
      made.push(call);
      const body = await call.request.body(1_000);
      return { status: 299, headers: { 'content-type': 'text/html' }, body };
    },
  };
  return (core ? [core] : []).map((group) => ({
    ...group,
    versions: group.versions.map(({ version, resources }) => ({
      version,
      resources: resources.map((one) =>
        one.gvr.resource === 'configmaps' ? { ...one, subresources: { echo, proxy } } : one,
      ),
    })),
  }));
}

async function say(socket: MessageSocket): Promise<void> {
  for await (const message of socket) socket.send(message);
}
