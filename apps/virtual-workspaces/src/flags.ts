import { choiceFlag, defineFlags, integerFlag, logFormats, logLevels, textFlag, type FlagValues } from '@kcp/process';

const behind = { group: 'Server behind' };
const serving = { group: 'Serving' };

const flags = {
  kubeconfig: textFlag({
    ...behind,
    placeholder: 'file',
    default: '',
    help: 'The server whose surfaces are served, and who this program is there; with --client-ca-file it must be allowed to impersonate.',
  }),
  context: textFlag({
    ...behind,
    placeholder: 'name',
    default: '',
    help: "The context of the kubeconfig; its server's URL is without a logical cluster. The current one where left out.",
  }),
  bindAddress: textFlag({
    ...serving,
    placeholder: 'ip',
    default: '0.0.0.0',
    help: 'The address to listen on; 0.0.0.0 stands for all of them.',
  }),
  securePort: integerFlag({ ...serving, default: 6444, min: 0, max: 65535, help: 'The port; 0 takes a free one.' }),
  tlsCertFile: textFlag({ ...serving, placeholder: 'file', default: '', help: 'The serving certificate, PEM.' }),
  tlsPrivateKeyFile: textFlag({ ...serving, placeholder: 'file', default: '', help: 'Its key, PEM.' }),
  clientCaFile: textFlag({
    ...serving,
    placeholder: 'file',
    default: '',
    help: 'Whose client certificates count, PEM. Without it callers are known by their tokens only, which the server behind checks.',
  }),
  logLevel: choiceFlag(logLevels, { group: 'Logging', default: 'info', help: 'What is logged at least.' }),
  loggingFormat: choiceFlag(logFormats, { group: 'Logging', default: 'text', help: 'How it is logged.' }),
};

/** What the program can be told. */
export const programFlags = defineFlags({
  usage: 'virtual-workspaces --kubeconfig FILE --tls-cert-file FILE --tls-private-key-file FILE [flags]',
  summary: 'Serves what a kcp server has below /services on a port of its own.',
  flags,
});

/** The flags' values. */
export type ProgramFlags = FlagValues<typeof flags>;

/** Flags without which there is nothing to start; a line for each that is missing. */
export function missing({ kubeconfig, tlsCertFile, tlsPrivateKeyFile }: ProgramFlags): readonly string[] {
  const needed = {
    '--kubeconfig': kubeconfig,
    '--tls-cert-file': tlsCertFile,
    '--tls-private-key-file': tlsPrivateKeyFile,
  };
  return Object.entries(needed).flatMap(([name, value]) => (value === '' ? [`${name} is needed`] : []));
}
