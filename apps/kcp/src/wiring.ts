import { randomUUID } from 'node:crypto';
import { createMeter, createTracer, type ProgramTracer } from '@kcp/process';
import { readTracingConfiguration, start, type Server, type ServerOptions } from '@kcp/server';
import type { Logger } from '@kcp/telemetry';
import { auditSettings } from './audit-wiring.ts';
import { etcdOptions } from './etcd-flags.ts';
import { fairnessOptions } from './fairness-flags.ts';
import type { StartFlags } from './flags.ts';
import { signInOptions } from './sign-in-options.ts';
import { tenancyOptions } from './tenancy-flags.ts';

/** What the flags say about certificates and keys; an empty text stands for nothing. */
function certificateOptions(flags: StartFlags): Partial<ServerOptions> {
  const texts = {
    clientCaFile: flags.clientCaFile,
    tlsCertFile: flags.tlsCertFile,
    tlsPrivateKeyFile: flags.tlsPrivateKeyFile,
    certDir: flags.certDir,
    serviceAccountSigningKeyFile: flags.serviceAccountSigningKeyFile,
    serviceAccountJwksUri: flags.serviceAccountJwksUri,
    clusterSigningCertFile: flags.clusterSigningCertFile,
    clusterSigningKeyFile: flags.clusterSigningKeyFile,
  };
  const longest = flags.serviceAccountMaxTokenExpiration;
  return {
    ...Object.fromEntries(Object.entries(texts).filter(([, text]) => text !== '')),
    tlsSniCertKeys: flags.tlsSniCertKey,
    tlsMinVersion: flags.tlsMinVersion,
    tlsCipherSuites: flags.tlsCipherSuites,
    serviceAccountIssuers: flags.serviceAccountIssuer,
    apiAudiences: flags.apiAudiences,
    clusterSigningDurationMs: flags.clusterSigningDuration,
    ...(longest > 0 && { serviceAccountMaxTokenExpirationMs: longest }),
  };
}

/** A server as the flags want it. Rejects with what `start` rejects with. */
export async function startWith(flags: StartFlags, logger: Logger): Promise<Server> {
  const meter = await createMeter({ processMetrics: true });
  const etcd = etcdOptions(flags);
  return start({
    rootDirectory: flags.rootDirectory,
    kubeconfigPath: flags.kubeconfigPath,
    adminTokenPath: flags.authenticationAdminTokenPath,
    storage: etcd === undefined ? flags.storage : 'etcd',
    ...(etcd && { etcd }),
    bindAddress: flags.bindAddress,
    port: flags.securePort,
    graceMs: flags.shutdownGrace,
    serviceAccountKeyFiles: flags.serviceAccountKeyFile,
    alwaysAllowPaths: flags.authorizationAlwaysAllowPaths,
    ...(!flags.anonymousAuth && { anonymousAuth: false }),
    runControllers: flags.runControllers,
    eventTtlMs: flags.eventTtl,
    legacyTokenPeriodMs: flags.legacyServiceAccountTokenCleanUpPeriod,
    ...signInOptions(flags),
    ...tenancyOptions(flags, logger),
    ...(flags.externalHostname !== '' && { externalHostname: flags.externalHostname }),
    ...(flags.tokenAuthFile !== '' && { tokenAuthFile: flags.tokenAuthFile }),
    ...fairnessOptions(flags),
    ...auditSettings(flags),
    ...(flags.tracingConfigFile !== '' && { openTracer: () => openTracer(flags.tracingConfigFile, logger) }),
    ...certificateOptions(flags),
    logger,
    meter,
    metrics: async () => ({ text: await meter.exposition(), contentType: meter.contentType }),
  });
}

async function openTracer(file: string, logger: Logger): Promise<ProgramTracer> {
  const configuration = await readTracingConfiguration(file);
  return createTracer({ ...configuration, service: { name: 'kcp', instance: randomUUID() }, logger });
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
