import { KubeconfigError, type KubeconfigPlace } from './kubeconfig-error.ts';
import type {
  ExecConfig,
  Impersonation,
  Kubeconfig,
  KubeconfigCluster,
  KubeconfigContext,
  KubeconfigUser,
  PemSource,
} from './kubeconfig.ts';

/** How a client proves who it is, beside a certificate. */
export type Credential =
  | { readonly kind: 'none' }
  | { readonly kind: 'token'; readonly token: string }
  /** The file is read again from time to time; `token` is used until it could be read once. */
  | { readonly kind: 'token-file'; readonly path: string; readonly token: string | undefined }
  | { readonly kind: 'basic'; readonly username: string; readonly password: string }
  | { readonly kind: 'exec'; readonly exec: ExecConfig; readonly extension: JsonObjectOrNone };

type JsonObjectOrNone = KubeconfigCluster['execExtension'];

/** A client certificate and its key. */
export interface CertificatePair {
  readonly certificate: PemSource;
  readonly key: PemSource;
}

/** All that is needed to talk to one server as one user: what a context of a kubeconfig comes down to. */
export interface Connection {
  /** An http or https URL without a query; its path, `/clusters/root:org` say, precedes that of every request. */
  readonly server: string;
  /** The system's authorities where undefined. */
  readonly authority?: PemSource | undefined;
  /** What the server's certificate must be for; the server's host where undefined. */
  readonly tlsServerName?: string | undefined;
  readonly insecureSkipTlsVerify?: boolean;
  /** An http or https proxy, asked by CONNECT. */
  readonly proxyUrl?: string | undefined;
  /** Answers may come compressed; true where left out. */
  readonly compression?: boolean;
  readonly certificate?: CertificatePair | undefined;
  readonly credential?: Credential;
  readonly impersonate?: Impersonation | undefined;
  /** The namespace that the context names; `default` where it names none. */
  readonly namespace?: string;
}

/** Which entries of a kubeconfig are taken; each as kubectl's flag of the same name. */
export interface ConnectionChoice {
  readonly context?: string | undefined;
  readonly cluster?: string | undefined;
  readonly user?: string | undefined;
  readonly namespace?: string | undefined;
}

/**
 * The connection that a context stands for; the current one where none is chosen. Throws KubeconfigError, which names the context
 * and the field: an entry that is not there, a server that is no URL, credentials that exclude each other. As with kubectl, no
 * credentials go to a server whose URL is http.
 */
export function connectionOf(config: Kubeconfig, choice: ConnectionChoice = {}): Connection {
  const { context, entry, cluster, clusterName, user, userName } = choose(config, choice);
  const at = (list: string, name: string, file: string | undefined): PlaceOf => {
    const path = `${list}s[${JSON.stringify(name)}].${list}`;
    return (field) => ({ file, context, field: `${path}.${field}` });
  };
  const placeInCluster = at('cluster', clusterName, cluster.file);
  const server = serverOf(cluster, placeInCluster);
  return {
    server,
    ...checkedTls(cluster, placeInCluster),
    ...(user && server.startsWith('https:') && identityOf(user, cluster, at('user', userName, user.file))),
    impersonate: user?.impersonate,
    compression: !cluster.disableCompression,
    namespace: choice.namespace ?? entry?.namespace ?? 'default',
  };
}

interface Chosen {
  readonly context: string | undefined;
  readonly entry: KubeconfigContext | undefined;
  readonly clusterName: string;
  readonly cluster: KubeconfigCluster;
  readonly userName: string;
  readonly user: KubeconfigUser | undefined;
}

function choose(config: Kubeconfig, choice: ConnectionChoice): Chosen {
  const context = choice.context ?? config.currentContext;
  const entry = context === undefined ? undefined : config.contexts.get(context);
  if (entry === undefined && (choice.cluster === undefined || choice.context !== undefined)) throw noContext(context);
  const place = { file: entry?.file, context };
  const clusterName = choice.cluster ?? entry?.cluster ?? '';
  const cluster = config.clusters.get(clusterName);
  if (!cluster) throw new KubeconfigError(`there is no cluster ${JSON.stringify(clusterName)}`, place);
  const userName = choice.user ?? entry?.user ?? '';
  const user = config.users.get(userName);
  if (userName !== '' && !user) throw new KubeconfigError(`there is no user ${JSON.stringify(userName)}`, place);
  return { context, entry, clusterName, cluster, userName, user };
}

type PlaceOf = (field: string) => KubeconfigPlace;

function noContext(context: string | undefined): KubeconfigError {
  if (context === undefined) return new KubeconfigError('no context is chosen, and there is no current context');
  return new KubeconfigError(`there is no context ${JSON.stringify(context)}`, { context });
}

function serverOf({ server }: KubeconfigCluster, place: PlaceOf): string {
  if (server === undefined) throw new KubeconfigError('is missing', place('server'));
  const url = URL.canParse(server) ? new URL(server) : undefined;
  if (!url || !['http:', 'https:'].includes(url.protocol))
    throw new KubeconfigError('must be a URL that begins with https:// or http://', place('server'));
  if (url.username !== '' || url.password !== '')
    throw new KubeconfigError('must not hold credentials', place('server'));
  return `${url.origin}${url.pathname.replace(/\/+$/, '')}`;
}

function checkedTls(
  cluster: KubeconfigCluster,
  place: PlaceOf,
): Pick<Connection, 'authority' | 'tlsServerName' | 'insecureSkipTlsVerify' | 'proxyUrl'> {
  const { authority, tlsServerName, insecureSkipTlsVerify, proxyUrl } = cluster;
  if (insecureSkipTlsVerify && authority)
    throw new KubeconfigError(
      'cannot be true where there is a certificate authority',
      place('insecure-skip-tls-verify'),
    );
  if (proxyUrl !== undefined && !/^https?:$/.test(URL.canParse(proxyUrl) ? new URL(proxyUrl).protocol : ''))
    throw new KubeconfigError('must be an http or https URL', place('proxy-url'));
  return { authority, tlsServerName, insecureSkipTlsVerify, proxyUrl };
}

function identityOf(
  user: KubeconfigUser,
  cluster: KubeconfigCluster,
  place: PlaceOf,
): Pick<Connection, 'certificate' | 'credential'> {
  const { certificate, key } = user;
  if (certificate && !key) throw new KubeconfigError('is missing for the client certificate', place('client-key'));
  if (key && !certificate) throw new KubeconfigError('is missing for the client key', place('client-certificate'));
  const credential = credentialOf(user, cluster, place);
  return { credential, certificate: certificate && key && { certificate, key } };
}

function credentialOf(user: KubeconfigUser, cluster: KubeconfigCluster, place: PlaceOf): Credential {
  const { token, tokenFile, username, password = '', exec, authProvider, certificate } = user;
  const hasToken = token !== undefined || tokenFile !== undefined;
  if (hasToken && username !== undefined)
    throw new KubeconfigError('more than one way to authenticate: a token and a user name', place('username'));
  if (tokenFile !== undefined) return { kind: 'token-file', path: tokenFile, token };
  if (token !== undefined) return { kind: 'token', token };
  if (username !== undefined) return { kind: 'basic', username, password };
  // What the user has at hand comes before a program that would fetch it, as with kubectl.
  if (certificate) return { kind: 'none' };
  if (exec) return { kind: 'exec', exec, extension: cluster.execExtension };
  if (authProvider !== undefined)
    throw new KubeconfigError(
      `the auth-provider ${JSON.stringify(authProvider)} is not supported: use exec`,
      place('auth-provider'),
    );
  return { kind: 'none' };
}
