import type { JsonObject } from '@kcp/api-machinery';

/** PEM that lies in the kubeconfig itself, or in a file whose path is absolute and which may change while it is used. */
export type PemSource =
  | { readonly kind: 'data'; readonly pem: string }
  | { readonly kind: 'file'; readonly path: string };

/** An entry of `clusters`: a server, and how it is checked. */
export interface KubeconfigCluster {
  /** The file that the entry comes from, for errors; undefined for text that came from elsewhere. */
  readonly file: string | undefined;
  readonly server: string | undefined;
  readonly tlsServerName: string | undefined;
  readonly insecureSkipTlsVerify: boolean;
  readonly authority: PemSource | undefined;
  readonly proxyUrl: string | undefined;
  readonly disableCompression: boolean;
  /** The extension `client.authentication.k8s.io/exec`, given to credential plugins that ask for it. */
  readonly execExtension: JsonObject | undefined;
}

/** As whom a request asks to be taken. */
export interface Impersonation {
  readonly user: string;
  readonly uid: string | undefined;
  readonly groups: readonly string[];
  readonly extra: ReadonlyMap<string, readonly string[]>;
}

/** A program that gives credentials (KEP-541). */
export interface ExecConfig {
  readonly command: string;
  readonly args: readonly string[];
  /** Added to the environment of this process. */
  readonly environment: ReadonlyMap<string, string>;
  readonly apiVersion: 'client.authentication.k8s.io/v1' | 'client.authentication.k8s.io/v1beta1';
  /** Told where the program is not there. */
  readonly installHint: string | undefined;
  readonly provideClusterInfo: boolean;
  readonly interactiveMode: 'Never' | 'IfAvailable' | 'Always';
}

/** An entry of `users`: credentials. */
export interface KubeconfigUser {
  readonly file: string | undefined;
  readonly certificate: PemSource | undefined;
  readonly key: PemSource | undefined;
  readonly token: string | undefined;
  /** Absolute; read again while it is used, and what it holds comes before `token`. */
  readonly tokenFile: string | undefined;
  readonly username: string | undefined;
  readonly password: string | undefined;
  readonly exec: ExecConfig | undefined;
  /** The name of an auth-provider, which we do not run: the credentials of such a user are refused when they are used. */
  readonly authProvider: string | undefined;
  readonly impersonate: Impersonation | undefined;
}

/** An entry of `contexts`: who, where, in which namespace. */
export interface KubeconfigContext {
  readonly file: string | undefined;
  readonly cluster: string;
  readonly user: string;
  readonly namespace: string | undefined;
}

/** What one or several kubeconfig files say. Entries by name, in the order of the files. */
export interface Kubeconfig {
  readonly currentContext: string | undefined;
  readonly clusters: ReadonlyMap<string, KubeconfigCluster>;
  readonly users: ReadonlyMap<string, KubeconfigUser>;
  readonly contexts: ReadonlyMap<string, KubeconfigContext>;
}
