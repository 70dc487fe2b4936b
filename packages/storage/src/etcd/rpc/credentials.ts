import { readFileSync } from 'node:fs';
import type { ChannelCredentials } from '@grpc/grpc-js';
import { credentials } from '@grpc/grpc-js';
import { EtcdError } from './failure.ts';

/** Which etcd, and who we are there. */
export interface EtcdServers {
  /** `https://host:port`, all of one cluster; `http://` only for an etcd on the same machine. */
  readonly servers: readonly string[];
  /** The authorities that etcd's certificates come from: the path of a PEM file. Absent: those of the system. */
  readonly caFile?: string;
  /** Our certificate and its key: paths of PEM files. */
  readonly certFile?: string;
  readonly keyFile?: string;
}

/** An address of etcd. */
export interface Endpoint {
  readonly address: string;
  readonly tls: boolean;
}

const PORT = 2379;

/** Reads the addresses. Throws TypeError for one that is none, or where the options do not fit together. */
export const endpointsOf = ({ servers, certFile, keyFile }: EtcdServers): readonly Endpoint[] => {
  if ((certFile === undefined) !== (keyFile === undefined)) {
    throw new TypeError('a certificate for etcd needs its key, and a key its certificate');
  }
  if (servers.length === 0) throw new TypeError('no address of etcd is named');
  return servers.map((text) => {
    const url = URL.canParse(text) ? new URL(text) : undefined;
    const isPlain = url !== undefined && (url.pathname === '/' || url.pathname === '') && url.hostname !== '';
    if (!isPlain || !['http:', 'https:'].includes(url.protocol) || url.username !== '' || url.search !== '') {
      throw new TypeError(`not an address of etcd: ${JSON.stringify(text)}; name one such as https://10.0.0.1:2379`);
    }
    return { address: `${url.hostname}:${url.port === '' ? PORT : url.port}`, tls: url.protocol === 'https:' };
  });
};

/** Reads a PEM file; null where none is named. */
const readPem = (file: string | undefined): Buffer | null => {
  if (file === undefined) return null;
  const bytes = readFileSync(file);
  if (!bytes.includes('-----BEGIN ')) throw new TypeError(`${file} holds nothing that is PEM encoded`);
  return bytes;
};

/** Reads the files anew: they may have been replaced since. Throws EtcdError where that fails. */
export const readCredentials = ({ tls }: Endpoint, { caFile, certFile, keyFile }: EtcdServers): ChannelCredentials => {
  if (!tls) return credentials.createInsecure();
  try {
    return credentials.createSsl(readPem(caFile), readPem(keyFile), readPem(certFile));
  } catch (cause) {
    const files = [caFile, certFile, keyFile].filter((file) => file !== undefined).join(', ');
    throw new EtcdError('unreachable', `the files for etcd (${files}) cannot be used: ${textOf(cause)}`, { cause });
  }
};

const textOf = (cause: unknown): string => (cause instanceof Error ? cause.message : String(cause));
