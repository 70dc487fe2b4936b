import { durationFlag, FlagError, integerFlag, listFlag, switchFlag, textFlag, type FlagValues } from '@kcp/process';
import { readFeatureGates, type ServerOptions } from '@kcp/server';
import type { Logger } from '@kcp/telemetry';

const group = 'Workspaces';

/** What workspaces are like, and which features there are. */
export const tenancyFlags = {
  enableHomeWorkspaces: switchFlag({
    group,
    default: true,
    help: 'Everybody who may has a home workspace, made when it is first asked for.',
  }),
  homeWorkspacesHomeCreatorGroups: listFlag({
    group,
    default: ['system:authenticated'],
    help: 'Groups whose members may have a home workspace.',
  }),
  logicalClusterTotalObjectLimit: integerFlag({
    group,
    default: 0,
    min: 0,
    help: 'How many objects a logical cluster may have whose annotation core.kcp.io/max-total-objects does not say; 0: as many as it likes.',
  }),
  logicalClusterObjectCountScanInterval: durationFlag({
    group,
    default: '60s',
    help: 'After how long objects are counted anew where their number is limited.',
  }),
  mountProxyClientCertFile: textFlag({
    group,
    placeholder: 'file',
    default: '',
    help: "The certificate (PEM) by which mounted workspaces know this server. They then take its word for who makes a request; without it the client's own credentials are passed on.",
  }),
  mountProxyClientKeyFile: textFlag({
    group,
    placeholder: 'file',
    default: '',
    help: 'The key (PEM) of that certificate.',
  }),
  featureGates: listFlag({
    group,
    default: [],
    help: 'Name=true or Name=false, each: WorkspaceAuthentication (on) is what there is to choose; others are taken and change nothing.',
  }),
};

/** The values of these flags. */
export type TenancyFlags = FlagValues<typeof tenancyFlags>;

/** What of a server these flags are about. */
type TenancyOptions = Pick<
  ServerOptions,
  | 'featureGates'
  | 'homeCreatorGroups'
  | 'homeWorkspaces'
  | 'mountProxyClientCertFile'
  | 'mountProxyClientKeyFile'
  | 'objectCountIntervalMs'
  | 'totalObjectLimit'
>;

/** What the flags say. Throws Error for a feature gate that is neither on nor off, FlagError for what contradicts itself. */
export function tenancyOptions(flags: TenancyFlags, logger: Logger): TenancyOptions {
  const { gates, idle } = readFeatureGates(flags.featureGates);
  if (idle.length > 0) logger.info('feature gates that change nothing here', { gates: idle });
  return {
    ...mountProxy(flags),
    featureGates: gates,
    homeWorkspaces: flags.enableHomeWorkspaces,
    homeCreatorGroups: flags.enableHomeWorkspaces ? flags.homeWorkspacesHomeCreatorGroups : [],
    totalObjectLimit: flags.logicalClusterTotalObjectLimit,
    objectCountIntervalMs: flags.logicalClusterObjectCountScanInterval,
  };
}

function mountProxy(flags: TenancyFlags): Partial<TenancyOptions> {
  const { mountProxyClientCertFile, mountProxyClientKeyFile } = flags;
  if ((mountProxyClientCertFile === '') !== (mountProxyClientKeyFile === ''))
    throw new FlagError(['--mount-proxy-client-cert-file and --mount-proxy-client-key-file go together']);
  return mountProxyClientCertFile === '' ? {} : { mountProxyClientCertFile, mountProxyClientKeyFile };
}
