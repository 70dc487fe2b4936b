import type { JsonObject } from '@kcp/api-machinery';
import type { Connection } from '../kubeconfig/connection.ts';
import type { TlsMaterial } from './tls-material.ts';

/** What a credential plugin is told of the server (`spec.cluster` of an ExecCredential). */
export function execClusterInfo(connection: Connection, { authority }: TlsMaterial): JsonObject {
  const { server, tlsServerName, insecureSkipTlsVerify, proxyUrl, compression, credential } = connection;
  const extension = credential?.kind === 'exec' ? credential.extension : undefined;
  return {
    server,
    ...(tlsServerName !== undefined && { 'tls-server-name': tlsServerName }),
    ...(insecureSkipTlsVerify && { 'insecure-skip-tls-verify': true }),
    ...(authority !== undefined && { 'certificate-authority-data': Buffer.from(authority).toString('base64') }),
    ...(proxyUrl !== undefined && { 'proxy-url': proxyUrl }),
    ...(compression === false && { 'disable-compression': true }),
    ...(extension && { config: extension }),
  };
}
