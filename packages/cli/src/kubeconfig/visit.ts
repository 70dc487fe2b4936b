import type { JsonObject } from '@kcp/api-machinery';
import type { Kubeconfig, KubeconfigCluster } from '@kcp/client';
import { CliError } from '../cli-error.ts';
import { CURRENT, PREVIOUS } from './workspace-contexts.ts';

/** A visit to a workspace: where one goes, and where one comes from. */
export interface Visit {
  readonly server: string;
  /** The URL of the workspace that one comes from, and goes back to by `ws -`. */
  readonly from: string;
  /** The context whose cluster and user are taken; the current one where undefined. */
  readonly context: string | undefined;
}

/**
 * The document of a kubeconfig for programs that visit a workspace, meant to stand before the user's files in KUBECONFIG. It names the
 * user and holds no credentials. It has the current and the previous workspace, so that whoever goes elsewhere during the visit
 * writes here and not into the user's files. Throws CliError where the context is not there.
 */
export function visitWorkspace(config: Kubeconfig, { server, from, context }: Visit): JsonObject {
  const name = context ?? config.currentContext ?? '';
  const entry = config.contexts.get(name);
  const cluster = config.clusters.get(entry?.cluster ?? '');
  if (!entry || !cluster) throw new CliError(`current "${name}" context not found`);
  const { user, namespace } = entry;
  const who = { user, ...(namespace !== undefined && { namespace }) };
  return {
    apiVersion: 'v1',
    kind: 'Config',
    'current-context': CURRENT,
    clusters: [
      { name: CURRENT, cluster: clusterFields(cluster, server) },
      { name: PREVIOUS, cluster: clusterFields(cluster, from) },
    ],
    contexts: [
      { name: CURRENT, context: { cluster: CURRENT, ...who } },
      { name: PREVIOUS, context: { cluster: PREVIOUS, ...who } },
    ],
  };
}

function clusterFields(cluster: KubeconfigCluster, server: string): JsonObject {
  const { tlsServerName, insecureSkipTlsVerify, authority, proxyUrl, disableCompression, execExtension } = cluster;
  return {
    server,
    ...(tlsServerName !== undefined && { 'tls-server-name': tlsServerName }),
    ...(insecureSkipTlsVerify && { 'insecure-skip-tls-verify': true }),
    ...(authority?.kind === 'file' && { 'certificate-authority': authority.path }),
    ...(authority?.kind === 'data' && { 'certificate-authority-data': Buffer.from(authority.pem).toString('base64') }),
    ...(proxyUrl !== undefined && { 'proxy-url': proxyUrl }),
    ...(disableCompression && { 'disable-compression': true }),
    ...(execExtension && { extensions: [{ name: 'client.authentication.k8s.io/exec', extension: execExtension }] }),
  };
}
