import { etcdFlags } from './etcd-flags.ts';
import {
  choiceFlag,
  defineFlags,
  durationFlag,
  integerFlag,
  listFlag,
  logFormats,
  logLevels,
  switchFlag,
  textFlag,
  type FlagValues,
} from '@kcp/process';
import { fairnessFlags } from './fairness-flags.ts';
import { auditFlags } from './audit-flags.ts';
import { signInFlags } from './sign-in-flags.ts';
import { tenancyFlags } from './tenancy-flags.ts';

import { certificateFlags } from './certificate-flags.ts';

const files = { group: 'Files', placeholder: 'file' };
const serving = { group: 'Serving' };
const authentication = { group: 'Authentication', placeholder: 'file' };
const authorization = { group: 'Authorization' };
const running = { group: 'Running' };
const logging = { group: 'Logging' };

const flags = {
  rootDirectory: textFlag({
    ...files,
    placeholder: 'folder',
    default: '.kcp',
    help: 'Where keys, credentials and the store are kept; made where it is missing.',
  }),
  kubeconfigPath: textFlag({
    ...files,
    default: 'admin.kubeconfig',
    help: 'The admin kubeconfig that is written at each start, in the root directory unless absolute.',
  }),
  authenticationAdminTokenPath: textFlag({
    ...files,
    default: '.admin-token-store',
    help: "Keeps the hash of the shard admin's token between starts, in the root directory unless absolute.",
  }),
  storage: choiceFlag(['lmdb', 'memory', 'etcd'], {
    group: 'Files',
    default: 'lmdb',
    help: 'Where objects are kept: in files under the root directory, durable, or in memory, for tests; with --etcd-servers always in etcd.',
  }),
  ...etcdFlags,
  bindAddress: textFlag({
    ...serving,
    placeholder: 'ip',
    default: '0.0.0.0',
    help: 'The address to listen on; 0.0.0.0 stands for all of them.',
  }),
  securePort: integerFlag({
    ...serving,
    default: 6443,
    min: 0,
    max: 65535,
    help: 'The port to listen on; 0 takes a free one.',
  }),
  externalHostname: textFlag({
    ...serving,
    placeholder: 'name',
    default: '',
    help: 'The name or address under which clients reach the server; it stands in the kubeconfig and in the certificate.',
  }),
  shutdownGrace: durationFlag({
    ...serving,
    default: '10s',
    help: 'How long requests under way may take when the server stops.',
  }),
  tokenAuthFile: textFlag({
    ...authentication,
    default: '',
    help: 'A CSV file of static tokens: token, user name, user id, groups.',
  }),
  clientCaFile: textFlag({
    ...authentication,
    default: '',
    help: 'The certificates (PEM) of the authorities that client certificates come from.',
  }),
  serviceAccountKeyFile: listFlag({
    group: 'Authentication',
    default: [],
    help: "Keys (PEM) that service accounts' tokens are checked with; the first private one signs them. Without any, one is made.",
  }),
  ...certificateFlags,
  anonymousAuth: switchFlag({
    group: 'Authentication',
    default: true,
    help: 'Requests without credentials come from system:anonymous; false refuses them.',
  }),
  authorizationAlwaysAllowPaths: listFlag({
    ...authorization,
    default: ['/healthz', '/readyz', '/livez'],
    help: 'Paths that nobody has to be authorized for; a * at the end stands for any rest.',
  }),
  runControllers: switchFlag({
    ...running,
    default: true,
    help: 'False serves the API only: nothing reacts to what is written.',
  }),
  eventTtl: durationFlag({
    ...running,
    default: '1h',
    help: 'How long events are kept after they were written; 0s keeps them.',
  }),
  legacyServiceAccountTokenCleanUpPeriod: durationFlag({
    group: 'Authentication',
    default: '8760h',
    positive: true,
    help: 'Tokens in Secrets that their service accounts list count no longer after so long without a use, and are removed after as long again.',
  }),
  ...fairnessFlags,
  ...auditFlags,
  tracingConfigFile: textFlag({
    group: 'Tracing',
    placeholder: 'file',
    default: '',
    help: 'A TracingConfiguration (apiserver.config.k8s.io): where traces go by OTLP, and how many.',
  }),
  ...signInFlags,
  ...tenancyFlags,
  logLevel: choiceFlag(logLevels, { ...logging, default: 'info', help: 'The least important lines to be written.' }),
  loggingFormat: choiceFlag(logFormats, { ...logging, default: 'text', help: 'How lines are written.' }),
};

/** Flags of kcp and of kube-apiserver that set up what this server does not have: an etcd of its own, caches, a profiler. */
const ignored = [
  'embedded-etcd-*',
  'etcd-servers-overrides',
  'etcd-compaction-interval',
  'etcd-count-metric-poll-period',
  'etcd-db-metric-poll-interval',
  'etcd-healthcheck-timeout',
  'etcd-readycheck-timeout',
  'storage-backend',
  'storage-media-type',
  'watch-cache',
  'watch-cache-sizes',
  'default-watch-cache-size',
  'lease-reuse-duration-seconds',
  'v',
  'vmodule',
  'log-flush-frequency',
  'profiling',
  'contention-profiling',
  'profiler-address',
  'discovery-poll-interval',
  'enable-sharding',
  'enable-leader-election',
  'leader-election-*',
  'experimental-bind-free-port',
  'batteries-included',
  'unsupported-run-individual-controllers',
  'goaway-chance',
  'enable-logs-handler',
  'identity-lease-*',
  'shutdown-delay-duration',
  'shutdown-send-retry-after',
  'livez-grace-period',
  'permit-address-sharing',
  'permit-port-sharing',
  'http2-max-streams-per-connection',
  'max-connection-bytes-per-sec',
  'concurrent-serviceaccount-token-syncs',
];

/** What `kcp start` is told. */
export type StartFlags = FlagValues<typeof flags>;

/** The command line of `kcp start`. */
export const startFlags = defineFlags({
  usage: 'kcp start [flags]',
  summary: `Starts the server. It listens on port 6443 and keeps everything under .kcp; "kcp start options" lists all flags.`,
  flags,
  ignored,
});

/** What `kcp` alone prints. */
export const overview = `kcp is a Kubernetes-style API server that holds very many logical clusters in one process.

Usage:
  kcp start [flags]     start the server
  kcp start options     list all flags
  kcp start --help      list the flags that matter most
`;
