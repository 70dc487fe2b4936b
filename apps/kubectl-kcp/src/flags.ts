import { durationFlag, integerFlag, switchFlag, textFlag, textsFlag } from '@kcp/process';

const connection = { group: 'Connection' };
const text = { ...connection, default: '' };
const command = { group: 'Command' };

/** Which kubeconfig, which server, as whom: kubectl's flags with kubectl's names. */
export const connectionFlags = {
  kubeconfig: textFlag({ ...text, placeholder: 'file', help: 'The kubeconfig file, instead of KUBECONFIG.' }),
  context: textFlag({ ...text, help: 'The context to use, instead of the current one.' }),
  cluster: textFlag({ ...text, help: 'The cluster of the kubeconfig to use.', hidden: true }),
  user: textFlag({ ...text, help: 'The user of the kubeconfig to use.' }),
  namespace: textFlag({ ...text, short: 'n', help: 'Taken as kubectl takes it; workspaces are in no namespace.' }),
  server: textFlag({
    ...text,
    placeholder: 'url',
    help: "The server's URL; of a workspace with /clusters/<path> at its end.",
  }),
  certificateAuthority: textFlag({
    ...text,
    placeholder: 'file',
    help: 'Certificates (PEM) that vouch for the server.',
  }),
  insecureSkipTlsVerify: switchFlag({
    ...connection,
    default: false,
    help: "Does not check the server's certificate: whoever is on the way can read and change everything.",
  }),
  tlsServerName: textFlag({ ...text, help: "The name that the server's certificate must be for." }),
  proxyUrl: textFlag({ ...text, placeholder: 'url', help: 'The proxy to go through.' }),
  disableCompression: switchFlag({ ...connection, default: false, help: 'Wants answers uncompressed.', hidden: true }),
  token: textFlag({ ...text, help: 'The token to sign in with.' }),
  username: textFlag({ ...text, help: 'The user name to sign in with.', hidden: true }),
  password: textFlag({ ...text, help: 'The password to sign in with.', hidden: true }),
  clientCertificate: textFlag({ ...text, placeholder: 'file', help: 'The client certificate (PEM) to sign in with.' }),
  clientKey: textFlag({ ...text, placeholder: 'file', help: 'The key (PEM) of --client-certificate.' }),
  as: textFlag({ ...text, help: 'The user to act as.' }),
  asUid: textFlag({ ...text, help: "That user's uid.", hidden: true }),
  asGroup: textsFlag({ ...connection, default: [], help: 'A group of that user; may be given more than once.' }),
  requestTimeout: durationFlag({
    ...connection,
    default: '0',
    help: 'How long the server may take to answer a request; 0 for as long as the client allows.',
  }),
  v: integerFlag({ ...connection, default: 0, min: 0, max: 20, help: 'Taken as kubectl takes it.', hidden: true }),
};

/** Flags of Go's logger that kcp's own plugin takes, and that mean nothing here. */
export const ignoredFlags = [
  'vmodule',
  'logtostderr',
  'alsologtostderr',
  'stderrthreshold',
  'log_*',
  'log-*',
  'one_output',
  'skip_*',
  'add_dir_header',
  'legacy_stderr_threshold_behavior',
];

/** Runs a command in another workspace than the current one. */
export const workspaceFlag = {
  workspace: textFlag({
    ...command,
    default: '',
    short: 'w',
    placeholder: 'path',
    help: 'The workspace to work in, instead of the current one, which stays: my-ws, .., or :root:my-ws from the top.',
  }),
};

/** What `ws use` and `ws current` can be told. */
export const shortFlag = {
  short: switchFlag({ ...command, default: false, help: "Prints the workspace's path only, for a shell's prompt." }),
};

/** A flag of kcp's own plugin that is known and refused. */
export const interactiveFlag = {
  interactive: switchFlag({
    ...command,
    default: false,
    short: 'i',
    help: 'Not supported: see ws tree.',
    hidden: true,
  }),
};

/** What `create workspace` can be told. */
export const createFlags = {
  type: textFlag({
    ...command,
    default: '',
    placeholder: 'path:name',
    help: "The workspace's type, such as root:organization; where none is named the parent decides.",
  }),
  enter: switchFlag({ ...command, default: false, help: 'Goes to the workspace once it is ready.' }),
  ignoreExisting: switchFlag({
    ...command,
    default: false,
    help: 'Takes a workspace that is there already. Wants an absolute type, or none. Overwrites the context of --create-context.',
  }),
  locationSelector: textFlag({ ...command, default: '', help: 'Labels of the shards on which the workspace may be.' }),
  createContext: textFlag({ ...command, default: '', placeholder: 'name', help: 'Makes a context for the workspace.' }),
};

/** What `ws create-context` can be told. */
export const createContextFlags = {
  overwrite: switchFlag({ ...command, default: false, help: 'Replaces a context of that name.' }),
  keepCurrent: switchFlag({ ...command, default: false, help: 'Does not switch to the context.' }),
};

/** What `ws tree` can be told. */
export const treeFlags = {
  full: switchFlag({ ...command, default: false, short: 'f', help: 'Shows whole paths.' }),
  wide: switchFlag({
    ...command,
    default: false,
    help: 'Shows the phases of workspaces and of their logical clusters.',
  }),
};

/** What `crd snapshot` can be told. */
export const snapshotFlags = {
  filename: textFlag({
    ...command,
    default: '',
    short: 'f',
    placeholder: 'file',
    help: 'The definitions (YAML or JSON); - for standard input.',
  }),
  prefix: textFlag({ ...command, default: '', help: "What the schemas' names begin with, before <resource>.<group>." }),
  output: textFlag({ ...command, default: 'yaml', short: 'o', help: 'How schemas are written: yaml or json.' }),
};
