import { readFile } from 'node:fs/promises';
import { connectionOf, loadKubeconfig } from '@kcp/client';
import { createMeter } from '@kcp/process';
import type { Logger } from '@kcp/telemetry';
import { startSurfaceDoor, type SurfaceServer } from '@kcp/virtual-workspaces/door';
import type { ProgramFlags } from './flags.ts';

/** Opens the door as the flags want it. Rejects with KubeconfigError, or Node's error where a file or the port is no good. */
export async function startWith(flags: ProgramFlags, logger: Logger): Promise<SurfaceServer> {
  const config = await loadKubeconfig({ paths: [flags.kubeconfig], required: true });
  const connection = connectionOf(config, flags.context === '' ? {} : { context: flags.context });
  if (new URL(connection.server).pathname !== '/')
    throw new Error(`the context's server ${connection.server} has a path: choose a context without a logical cluster`);
  const [cert, key, clientCa] = await Promise.all([
    readPem(flags.tlsCertFile),
    readPem(flags.tlsPrivateKeyFile),
    readPem(flags.clientCaFile),
  ]);
  if (cert === undefined || key === undefined) throw new Error('a serving certificate and its key are needed');
  return startSurfaceDoor({
    connection,
    host: flags.bindAddress,
    port: flags.securePort,
    tls: { cert, key, ...(clientCa && { clientCa }) },
    clock: Date.now,
    logger,
    meter: await createMeter(),
  });
}

async function readPem(file: string): Promise<Buffer | undefined> {
  return file === '' ? undefined : readFile(file);
}
