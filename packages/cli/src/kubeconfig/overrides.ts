import type { Connection, ConnectionChoice, Kubeconfig, KubeconfigCluster, KubeconfigUser } from '@kcp/client';
import { connectionOf } from '@kcp/client';

/** What the command line says instead of the kubeconfig, named as kubectl's flags; an empty text or list says nothing. */
export interface Overrides {
  readonly context: string;
  readonly cluster: string;
  readonly user: string;
  readonly namespace: string;
  readonly server: string;
  readonly certificateAuthority: string;
  readonly insecureSkipTlsVerify: boolean;
  readonly tlsServerName: string;
  readonly proxyUrl: string;
  readonly disableCompression: boolean;
  readonly token: string;
  readonly username: string;
  readonly password: string;
  readonly clientCertificate: string;
  readonly clientKey: string;
  readonly as: string;
  readonly asUid: string;
  readonly asGroup: readonly string[];
}

/** A server's URL as it was written, and the connection to it. */
export interface ChosenServer {
  readonly server: string;
  readonly connection: Connection;
}

const FLAGS = 'command line';

/** What a context comes to once the command line has had its say. Throws KubeconfigError. */
export function chooseServer(config: Kubeconfig, overrides: Overrides): ChosenServer {
  const entry = config.contexts.get(overrides.context || (config.currentContext ?? ''));
  const clusterName = overrides.cluster || entry?.cluster || FLAGS;
  const userName = overrides.user || entry?.user || FLAGS;
  const cluster = overriddenCluster(config.clusters.get(clusterName), overrides);
  const user = overriddenUser(config.users.get(userName), overrides);
  const choice: ConnectionChoice = {
    context: overrides.context || undefined,
    // without a context it is the command line that says which cluster and which user
    cluster: overrides.cluster || !entry ? clusterOf(overrides, clusterName) : undefined,
    user: overrides.user || (user && !entry?.user) ? userName : undefined,
    namespace: overrides.namespace || undefined,
  };
  const changed = {
    ...config,
    clusters: withOne(config.clusters, clusterName, cluster),
    users: withOne(config.users, userName, user),
  };
  const connection = connectionOf(changed, choice);
  return { server: cluster?.server ?? connection.server, connection };
}

function clusterOf({ cluster, server }: Overrides, name: string): string | undefined {
  return cluster || server ? name : undefined;
}

function withOne<T>(map: ReadonlyMap<string, T>, name: string, one: T | undefined): ReadonlyMap<string, T> {
  return one === undefined ? map : new Map([...map, [name, one]]);
}

const noCluster: KubeconfigCluster = {
  file: undefined,
  server: undefined,
  tlsServerName: undefined,
  insecureSkipTlsVerify: false,
  authority: undefined,
  proxyUrl: undefined,
  disableCompression: false,
  execExtension: undefined,
};

function overriddenCluster(
  known: KubeconfigCluster | undefined,
  { server, certificateAuthority, insecureSkipTlsVerify, tlsServerName, proxyUrl, disableCompression }: Overrides,
): KubeconfigCluster | undefined {
  if (!known && !server) return undefined;
  return {
    ...(known ?? noCluster),
    ...(server && { server }),
    ...(certificateAuthority && { authority: { kind: 'file', path: certificateAuthority } }),
    // who asks for no check means it, whatever authority the kubeconfig has
    ...(insecureSkipTlsVerify && { insecureSkipTlsVerify, authority: undefined }),
    ...(tlsServerName && { tlsServerName }),
    ...(proxyUrl && { proxyUrl }),
    ...(disableCompression && { disableCompression }),
  };
}

const noUser: KubeconfigUser = {
  file: undefined,
  certificate: undefined,
  key: undefined,
  token: undefined,
  tokenFile: undefined,
  username: undefined,
  password: undefined,
  exec: undefined,
  authProvider: undefined,
  impersonate: undefined,
};

function overriddenUser(known: KubeconfigUser | undefined, overrides: Overrides): KubeconfigUser | undefined {
  const { token, username, password, clientCertificate, clientKey, as, asUid, asGroup } = overrides;
  const user: KubeconfigUser = {
    ...(known ?? noUser),
    // one way to sign in takes the place of the others, as with kubectl
    ...(token && { token, tokenFile: undefined, username: undefined, password: undefined }),
    ...(username && { username, password, token: undefined, tokenFile: undefined }),
    ...(clientCertificate && { certificate: { kind: 'file', path: clientCertificate } }),
    ...(clientKey && { key: { kind: 'file', path: clientKey } }),
    ...(as && { impersonate: { user: as, uid: asUid || undefined, groups: asGroup, extra: new Map() } }),
  };
  const said = [token, username, clientCertificate, clientKey, as].some((text) => text !== '');
  return known || said ? user : undefined;
}
