import type { OutboundPolicy } from '@kcp/outbound';
import type { Logger, Meter, Tracer } from '@kcp/telemetry';
import type { AuditSettings } from './audit-settings.ts';
import type { CertificateOptions } from './certificates/certificate-set.ts';
import type { Server } from './server.ts';
import type { ServiceAccountOptions } from './service-account-settings.ts';
import type { FeatureGates } from './feature-gates.ts';
import type { FairnessOptions } from './fairness.ts';
import type { SignInOptions } from './sign-in-options.ts';
import type { EtcdOptions } from './storage.ts';

/** What a server is started with. Everything has a default that suits a test or another program. */
export interface ServerOptions extends SignInOptions, CertificateOptions, ServiceAccountOptions {
  /** Where keys, credentials and the store are kept; absent: a folder of its own that goes with the server. */
  readonly rootDirectory?: string;
  /** `lmdb` (the default where a root directory is named) is durable, `memory` is not; `etcd` (the default where one is named) is shared by several servers. */
  readonly storage?: 'lmdb' | 'memory' | 'etcd';
  /** Which etcd. */
  readonly etcd?: EtcdOptions;
  /** The name of the shard that this server is; `root` where it is absent. */
  readonly shardName?: string;
  /** False: `workspaces/~` is no home. */
  readonly homeWorkspaces?: boolean;
  /** What differs from the defaults of features. */
  readonly featureGates?: FeatureGates;
  /** Groups whose members may have a home workspace made; all who are authenticated where it is absent, as kcp has it. */
  readonly homeCreatorGroups?: readonly string[];
  /** How many objects a logical cluster may have that does not say itself; 0, the default: as many as it likes. */
  readonly totalObjectLimit?: number;
  /** After so long, in milliseconds, objects are counted anew where their number is limited; a minute where it is absent. */
  readonly objectCountIntervalMs?: number;
  /** The certificate and key (PEM files) by which mounted workspaces know this server; they then take its word for who makes a request. */
  readonly mountProxyClientCertFile?: string;
  readonly mountProxyClientKeyFile?: string;
  /** What root is furnished with beside what is needed: `workspace-types` (there by default), `metrics-viewer`. */
  readonly batteries?: readonly string[];
  /** The address to listen on; 127.0.0.1 where it is absent. */
  readonly bindAddress?: string;
  /** 0, the default, takes a free port. */
  readonly port?: number;
  /** The name or address under which clients reach the server; the bind address where it is absent. */
  readonly externalHostname?: string;
  /** The file that the admin kubeconfig is written to, in the root directory unless absolute. */
  readonly kubeconfigPath?: string;
  /** The file that keeps the hash of the shard admin's token. */
  readonly adminTokenPath?: string;
  /** kube-apiserver's CSV of static tokens: its path. */
  readonly tokenAuthFile?: string;
  /** Further keys that service-account tokens are checked with: paths of PEM files. The first private one signs. */
  readonly serviceAccountKeyFiles?: readonly string[];
  /** The private key that signs service-account tokens: the path of a PEM file. */
  readonly serviceAccountSigningKeyFile?: string;
  /** How long certificates that are signed for requests are valid at most, in milliseconds; a year where left out. */
  readonly clusterSigningDurationMs?: number;
  /** How long events are kept after their last write, in milliseconds; 0 keeps them, an hour where left out. */
  readonly eventTtlMs?: number;
  /** After how long without a use tokens in Secrets that their accounts list are marked as invalid, and after as long again removed, in milliseconds; a year where left out. */
  readonly legacyTokenPeriodMs?: number;
  /** Paths that nobody has to be authorized for. */
  readonly alwaysAllowPaths?: readonly string[];
  /** False refuses requests that show no credentials. */
  readonly anonymousAuth?: boolean;
  /** Which addresses the server calls where tenants choose them. */
  readonly outbound?: OutboundPolicy;
  /** False runs the API only: namespaces stay Terminating, definitions are never served. */
  readonly runControllers?: boolean;
  /** How long requests under way may take when the server stops, in milliseconds. */
  readonly graceMs?: number;
  /** Opens what follows requests through their parts; it ends with the server. Absent: nothing is traced. */
  readonly openTracer?: () => Promise<Tracer & AsyncDisposable>;
  /** What is recorded of requests; nothing where it is absent. */
  readonly audit?: AuditSettings;
  /** How requests are shared out between tenants; absent: with the default limits. */
  readonly fairness?: FairnessOptions;
  readonly logger?: Logger;
  readonly meter?: Meter;
  /** The text of /metrics; without one it is empty. */
  readonly metrics?: () => Promise<{ readonly text: string; readonly contentType: string }>;
  readonly hooks?: ServerHooks;
  /** Freezes what the store hands out, so that a test finds out who changes it. */
  readonly freezesObjects?: boolean;
}

/** What is called around a server's life. A hook that throws ends the start, or is logged at the stop. */
export interface ServerHooks {
  /** The server listens and answers. */
  afterStart?(server: Server): void | Promise<void>;
  /** The server still listens and answers. */
  beforeStop?(server: Server): void | Promise<void>;
}
