import {
  choiceFlag,
  defineFlags,
  durationFlag,
  integerFlag,
  logFormats,
  logLevels,
  switchFlag,
  textFlag,
  type FlagValues,
} from '@kcp/process';

const server = { group: 'Server' };
const leading = { group: 'Leader election' };
const running = { group: 'Running' };

const flags = {
  kubeconfig: textFlag({
    ...server,
    placeholder: 'file',
    default: '',
    help: 'Whose server and user are taken; else $KUBECONFIG, ~/.kube/config, or the service account of a pod.',
  }),
  context: textFlag({ ...server, placeholder: 'name', default: '', help: 'The context; the current one by default.' }),
  leaderElect: switchFlag({
    ...leading,
    default: false,
    help: 'Work only while holding a Lease: for more than one replica.',
  }),
  leaderElectResourceNamespace: textFlag({ ...leading, default: 'default', help: 'Where the Lease is.' }),
  leaderElectResourceName: textFlag({ ...leading, default: 'config-spread', help: 'What the Lease is called.' }),
  leaderElectCluster: textFlag({
    ...leading,
    default: 'root',
    help: 'In which logical cluster the Lease is, where the server URL is of all of them (/clusters/*).',
  }),
  leaderElectLeaseDuration: durationFlag({
    ...leading,
    default: '15s',
    positive: true,
    help: 'After how long without a sign of its holder others take the Lease.',
  }),
  leaderElectRenewDeadline: durationFlag({
    ...leading,
    default: '10s',
    positive: true,
    help: 'After how long without a renewal its holder stops.',
  }),
  leaderElectRetryPeriod: durationFlag({ ...leading, default: '2s', positive: true, help: 'Between tries.' }),
  concurrency: integerFlag({ ...running, default: 4, min: 1, max: 256, help: 'ConfigSpreads worked on at a time.' }),
  probePort: integerFlag({
    ...running,
    default: 8081,
    min: 0,
    max: 65535,
    help: 'Where /healthz, /readyz and /metrics are served, on 127.0.0.1 unless --probe-address says otherwise; 0 takes a free port.',
  }),
  probeAddress: textFlag({ ...running, placeholder: 'ip', default: '127.0.0.1', help: 'The address of the probes.' }),
  logLevel: choiceFlag(logLevels, { ...running, default: 'info', help: 'What is logged.' }),
  loggingFormat: choiceFlag(logFormats, { ...running, default: 'text', help: 'How it is logged.' }),
};

/** What the command line says. */
export type SpreadFlags = FlagValues<typeof flags>;

/** The command line. */
export const spreadFlags = defineFlags({
  usage: 'config-spread [flags]',
  summary: 'Keeps a ConfigMap in every namespace that a ConfigSpread picks.',
  flags,
});
