import { durationFlag, listFlag, textFlag, type FlagValues } from '@kcp/process';
import type { EtcdOptions } from '@kcp/server';

const etcd = { group: 'Storage in etcd', placeholder: 'file', default: '' };

/** The flags that set up storage in etcd, named as kube-apiserver's. */
export const etcdFlags = {
  etcdServers: listFlag({
    group: 'Storage in etcd',
    default: [],
    help: 'The members of an etcd cluster that objects are kept in, such as https://10.0.0.1:2379; several servers may share it.',
  }),
  etcdPrefix: textFlag({
    ...etcd,
    placeholder: 'path',
    default: '/registry',
    help: 'Under which keys of etcd everything lies; nothing else may lie there.',
  }),
  etcdCafile: textFlag({
    ...etcd,
    help: "The certificates (PEM) of the authorities that etcd's certificates come from.",
  }),
  etcdCertfile: textFlag({ ...etcd, help: 'The certificate (PEM) that is shown to etcd.' }),
  etcdKeyfile: textFlag({ ...etcd, help: 'Its key (PEM).' }),
  etcdReadTimeout: durationFlag({
    group: 'Storage in etcd',
    positive: true,
    default: '5s',
    help: 'How long a request waits for etcd to say what the newest write is.',
  }),
  etcdCommitTimeout: durationFlag({
    group: 'Storage in etcd',
    positive: true,
    default: '10s',
    help: 'How long a write to etcd may take.',
  }),
};

/** What the flags say of etcd; undefined where none is named. */
export function etcdOptions(flags: FlagValues<typeof etcdFlags>): EtcdOptions | undefined {
  if (flags.etcdServers.length === 0) return undefined;
  return {
    servers: flags.etcdServers,
    prefix: flags.etcdPrefix,
    ...(flags.etcdCafile !== '' && { caFile: flags.etcdCafile }),
    ...(flags.etcdCertfile !== '' && { certFile: flags.etcdCertfile }),
    ...(flags.etcdKeyfile !== '' && { keyFile: flags.etcdKeyfile }),
    readTimeoutMs: flags.etcdReadTimeout,
    commitTimeoutMs: flags.etcdCommitTimeout,
  };
}
