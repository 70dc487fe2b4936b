import { parseScope, urlPrefix, type ClusterScope, type LogicalCluster } from '@kcp/logical-cluster';
import { KubeConfig, type Cluster, type User } from '@kubernetes/client-node';
import type { Connection, Credential } from '../kubeconfig/connection.ts';
import { KubeconfigError } from '../kubeconfig/kubeconfig-error.ts';
import type { PemSource } from '../kubeconfig/kubeconfig.ts';

/** What a KubeConfig is made of beside a connection. */
export interface ClientNodeOptions {
  /** Another logical cluster than the one that the connection's URL names. Throws RangeError for a text that is none. */
  readonly cluster?: string | ClusterScope | LogicalCluster;
}

const NAME = 'kcp';

/**
 * A KubeConfig of @kubernetes/client-node for a connection: `clientNodeConfig(connection, { cluster: 'root:org' }).makeApiClient(…)`.
 * Files stay files, credential plugins are run by that library. Throws KubeconfigError for what it has no place for: impersonation of
 * more than a user's name.
 */
export function clientNodeConfig(connection: Connection, options: ClientNodeOptions = {}): KubeConfig {
  const config = new KubeConfig();
  config.loadFromOptions({
    clusters: [clusterOf(connection, options)],
    users: [userOf(connection)],
    contexts: [{ name: NAME, cluster: NAME, user: NAME, namespace: connection.namespace ?? 'default' }],
    currentContext: NAME,
  });
  return config;
}

function clusterOf(connection: Connection, { cluster }: ClientNodeOptions): Cluster {
  const { server, authority, tlsServerName, insecureSkipTlsVerify = false, proxyUrl } = connection;
  return {
    name: NAME,
    server: cluster === undefined ? server : server.replace(/\/clusters\/[^/]+$/, '') + prefixOf(cluster),
    skipTLSVerify: insecureSkipTlsVerify,
    ...dataOrFile(authority, 'caData', 'caFile'),
    ...(tlsServerName !== undefined && { tlsServerName }),
    ...(proxyUrl !== undefined && { proxyUrl }),
  };
}

function prefixOf(cluster: string | ClusterScope | LogicalCluster): string {
  const scope = typeof cluster === 'string' ? parseScope(cluster) : cluster;
  if (!scope) throw new RangeError(`${JSON.stringify(cluster)} is no logical cluster`);
  return urlPrefix(scope);
}

function userOf({ certificate, credential = { kind: 'none' }, impersonate }: Connection): User {
  if (impersonate && (impersonate.uid !== undefined || impersonate.groups.length > 0 || impersonate.extra.size > 0))
    throw new KubeconfigError('@kubernetes/client-node impersonates by name only', { field: 'as-groups' });
  return {
    name: NAME,
    ...dataOrFile(certificate?.certificate, 'certData', 'certFile'),
    ...dataOrFile(certificate?.key, 'keyData', 'keyFile'),
    ...credentialOf(credential),
    ...(impersonate && { impersonateUser: impersonate.user }),
  };
}

function credentialOf(credential: Credential): Partial<User> {
  switch (credential.kind) {
    case 'none':
      return {};
    case 'token':
      return { token: credential.token };
    case 'token-file':
      return { authProvider: { name: 'tokenFile', config: { tokenFile: credential.path } } };
    case 'basic':
      return { username: credential.username, password: credential.password };
    case 'exec': {
      const { command, args, environment, apiVersion, interactiveMode, provideClusterInfo } = credential.exec;
      const env = Array.from(environment, ([name, value]) => ({ name, value }));
      return { exec: { apiVersion, command, args, env, interactiveMode, provideClusterInfo } };
    }
  }
}

function dataOrFile(source: PemSource | undefined, data: string, file: string): Readonly<Record<string, string>> {
  if (!source) return {};
  return source.kind === 'data' ? { [data]: Buffer.from(source.pem).toString('base64') } : { [file]: source.path };
}
