import { createMeter } from '@kcp/process';
import { start, type Server } from '@kcp/server';
import type { Logger } from '@kcp/telemetry';
import type { StartFlags } from './flags.ts';

/** A server as the flags want it. Rejects with what `start` rejects with. */
export function startWith(flags: StartFlags, logger: Logger): Promise<Server> {
  const meter = createMeter({ processMetrics: true });
  return start({
    rootDirectory: flags.rootDirectory,
    kubeconfigPath: flags.kubeconfigPath,
    adminTokenPath: flags.authenticationAdminTokenPath,
    storage: flags.storage,
    bindAddress: flags.bindAddress,
    port: flags.securePort,
    graceMs: flags.shutdownGrace,
    serviceAccountKeyFiles: flags.serviceAccountKeyFile,
    alwaysAllowPaths: flags.authorizationAlwaysAllowPaths,
    anonymousAuth: flags.anonymousAuth,
    runControllers: flags.runControllers,
    ...(flags.externalHostname !== '' && { externalHostname: flags.externalHostname }),
    ...(flags.tokenAuthFile !== '' && { tokenAuthFile: flags.tokenAuthFile }),
    ...(flags.clientCaFile !== '' && { clientCaFile: flags.clientCaFile }),
    logger,
    meter,
    metrics: async () => ({ text: await meter.exposition(), contentType: meter.contentType }),
  });
}

/** What is printed when the server is ready: where it listens, the kubeconfig, and one command to try. */
export function announcement({ url, kubeconfig, port }: Server, { bindAddress }: StartFlags): string {
  return [
    `kcp is ready at ${url} (listening on ${bindAddress}, port ${port})`,
    `kubeconfig: ${kubeconfig}`,
    `try: kubectl --kubeconfig=${kubeconfig} create namespace hello`,
    '',
  ].join('\n');
}
