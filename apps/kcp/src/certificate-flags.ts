import { choiceFlag, durationFlag, listFlag, textFlag, textsFlag } from '@kcp/process';

const serving = { group: 'Serving', placeholder: 'file' };
const authentication = { group: 'Authentication' };
const signing = { group: 'Signing', placeholder: 'file' };

/** Flags about certificates and keys, named as kube-apiserver and kube-controller-manager name them. All files are read anew when they change. */
export const certificateFlags = {
  tlsCertFile: textFlag({
    ...serving,
    default: '',
    help: 'The serving certificate (PEM), intermediates after it. Without it one is made, kept in --cert-dir and renewed in time.',
  }),
  tlsPrivateKeyFile: textFlag({ ...serving, default: '', help: 'The private key (PEM) of --tls-cert-file.' }),
  tlsSniCertKey: textsFlag({
    group: 'Serving',
    placeholder: 'cert,key[:names]',
    default: [],
    help: "A certificate, its key, and the domain names it is shown for (*.example.com stands for one label more); without names those of the certificate. May be given more than once; the first that has a client's name counts.",
  }),
  certDir: textFlag({
    group: 'Serving',
    placeholder: 'folder',
    default: '',
    help: 'Where apiserver.crt and apiserver.key are kept; the root directory where it is not given. Means nothing with --tls-cert-file.',
  }),
  tlsMinVersion: choiceFlag(['VersionTLS12', 'VersionTLS13'], {
    group: 'Serving',
    default: 'VersionTLS12',
    help: 'The oldest version of TLS that is served.',
  }),
  tlsCipherSuites: listFlag({
    group: 'Serving',
    default: [],
    help: 'The cipher suites of TLS 1.2 that are served, by their IANA names; those of TLS 1.3 cannot be chosen.',
  }),
  serviceAccountSigningKeyFile: textFlag({
    ...authentication,
    placeholder: 'file',
    default: '',
    help: "The private key (PEM) that signs service accounts' tokens; without it the first private one of --service-account-key-file.",
  }),
  serviceAccountIssuer: textsFlag({
    ...authentication,
    default: [],
    help: "The issuer in service accounts' tokens. May be given more than once: the first one issues, all are accepted.",
  }),
  apiAudiences: listFlag({
    ...authentication,
    default: [],
    help: 'Whom tokens have to be for to count here; the issuers where it is not given.',
  }),
  serviceAccountMaxTokenExpiration: durationFlag({
    ...authentication,
    default: '0',
    help: "The longest time that a service account's token may be asked for, an hour at least; 0 sets no bound.",
  }),
  serviceAccountJwksUri: textFlag({
    ...authentication,
    placeholder: 'url',
    default: '',
    help: 'Where the public keys of the issuer are found, if not at the issuer itself; https.',
  }),
  clusterSigningCertFile: textFlag({
    ...signing,
    default: '',
    help: 'The certificate (PEM) of the authority that signs approved requests for client certificates. Without it one is made.',
  }),
  clusterSigningKeyFile: textFlag({
    ...signing,
    default: '',
    help: 'The private key (PEM) of --cluster-signing-cert-file.',
  }),
  clusterSigningDuration: durationFlag({
    group: 'Signing',
    default: '8760h',
    positive: true,
    help: 'How long signed certificates are valid at most; a request may ask for less.',
  }),
};
