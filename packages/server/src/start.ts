import { createSecureContext } from 'node:tls';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseTokenFile } from '@kcp/auth';
import { inProcess, startDoor, type Door, type Handler } from '@kcp/http';
import { openObjectStore } from '@kcp/object-store';
import { systemClock } from '@kcp/controller';
import { openLmdbStore, openMemoryStore, startCompaction, type Backend } from '@kcp/storage';
import { silentLogger, silentMeter, type Logger } from '@kcp/telemetry';
import { adminCredentials, writeAdminFiles, type AdminCredentials } from './admin-credentials.ts';
import { bootstrapRoot } from './bootstrap.ts';
import { loopbackClient, type LoopbackClient } from './loopback-client.ts';
import { readOptionFile } from './option-file.ts';
import { startOffload } from './offload.ts';
import type { ServerOptions } from './options.ts';
import { RootDirectory } from './root-directory.ts';
import type { Server } from './server.ts';
import { serviceAccountKeys } from './service-account-keys.ts';
import { servingCertificate } from './serving-certificate.ts';
import { wire } from './wiring.ts';

const DEFAULT_KUBECONFIG = 'admin.kubeconfig';
const DEFAULT_TOKEN_HASH = '.admin-token-store';

/**
 * Starts a server: keys and credentials, the store, everything wired, the door open, `root` bootstrapped. Rejects with an
 * error whose text says what to do where the root directory, the store, a file or the port is no good; nothing is left open.
 */
export async function start(options: ServerOptions = {}): Promise<Server> {
  await using parts = new AsyncDisposableStack();
  const logger = options.logger ?? silentLogger;
  const directory = await RootDirectory.open(options.rootDirectory ?? (await temporaryFolder(parts)));
  const backend = parts.use(await openBackend(options, { directory, logger }));
  parts.use(startCompaction({ backend, logger }));
  const store = parts.use(
    openObjectStore({
      backend,
      logger,
      meter: options.meter ?? silentMeter,
      clock: systemClock,
      freezesObjects: options.freezesObjects ?? false,
    }),
  );
  const files = {
    kubeconfig: options.kubeconfigPath ?? DEFAULT_KUBECONFIG,
    tokenHash: options.adminTokenPath ?? DEFAULT_TOKEN_HASH,
  };
  const host = options.externalHostname ?? reachable(options.bindAddress ?? '127.0.0.1');
  const [credentials, certificate, keys] = await Promise.all([
    adminCredentials(directory, files),
    servingCertificate(directory, { hosts: [...new Set([host, 'localhost', '127.0.0.1'])], now: Date.now() }),
    serviceAccountKeys(directory, options.serviceAccountKeyFiles ?? []),
  ]);
  let url = '';
  const wired = wire(options, {
    store,
    offload: parts.use(startOffload(logger, options.meter ?? silentMeter)),
    credentials,
    keys,
    authority: certificate.authority,
    logger,
    serverUrl: () => url,
    tokens: await readTokens(options, logger),
  });
  const door = await openDoor(options, { handler: wired.handler, certificate, logger });
  parts.defer(() => door.stop(options.graceMs));
  url = `https://${host.includes(':') ? `[${host}]` : host}:${door.port}`;
  if (options.runControllers ?? true) parts.use(wired.startControllers());
  await bootstrapRoot(store, wired.writer, url);
  wired.ready();
  const kubeconfig = await writeAdminFiles(directory, files, {
    credentials,
    server: url,
    authority: certificate.authority,
  });
  const server = new RunningServer({
    url,
    door,
    kubeconfig,
    credentials,
    authority: certificate.authority,
    handler: wired.handler,
    stopping: () => wired.stopping(),
    options,
    logger,
  });
  await options.hooks?.afterStart?.(server);
  server.own(parts.move());
  return server;
}

async function temporaryFolder(parts: AsyncDisposableStack): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'kcp-'));
  parts.defer(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

async function openBackend(
  { storage, rootDirectory }: ServerOptions,
  { directory, logger }: { directory: RootDirectory; logger: Logger },
): Promise<Backend> {
  const memory = storage === 'memory' || (storage === undefined && rootDirectory === undefined);
  return memory ? openMemoryStore() : openLmdbStore({ folder: directory.at('store'), logger });
}

async function readTokens(
  { tokenAuthFile }: ServerOptions,
  logger: Logger,
): Promise<ReturnType<typeof parseTokenFile>['tokens']> {
  if (tokenAuthFile === undefined) return [];
  const { tokens, warnings } = await readOptionFile(tokenAuthFile, (bytes) => parseTokenFile(bytes.toString('utf8')));
  for (const warning of warnings) logger.warn('token file', { file: tokenAuthFile, warning });
  return tokens;
}

async function openDoor(
  options: ServerOptions,
  {
    handler,
    certificate,
    logger,
  }: { handler: Handler; certificate: { certificate: string; privateKey: string }; logger: Logger },
): Promise<Door> {
  const clientCa =
    options.clientCaFile === undefined ? undefined : await readOptionFile(options.clientCaFile, checkedCertificates);
  return startDoor({
    host: options.bindAddress ?? '127.0.0.1',
    port: options.port ?? 0,
    tls: { key: certificate.privateKey, cert: certificate.certificate, ...(clientCa && { clientCa }) },
    handler,
    logger,
    meter: options.meter ?? silentMeter,
  });
}

/** Certificates of authorities, PEM; throws where they are none. */
function checkedCertificates(pem: Buffer): Buffer {
  if (!pem.includes('-----BEGIN CERTIFICATE-----')) throw new Error('the file holds no PEM encoded certificate');
  createSecureContext({ ca: pem });
  return pem;
}

/** The address by which a server that listens everywhere is reached from its own machine. */
function reachable(bindAddress: string): string {
  return bindAddress === '0.0.0.0' || bindAddress === '::' ? '127.0.0.1' : bindAddress;
}

interface RunningParts {
  readonly url: string;
  readonly door: Door;
  readonly kubeconfig: string;
  readonly credentials: AdminCredentials;
  readonly authority: string;
  readonly handler: Handler;
  readonly stopping: () => void;
  readonly options: ServerOptions;
  readonly logger: Logger;
}

class RunningServer implements Server {
  readonly url: string;
  readonly port: number;
  readonly certificateAuthority: string;
  readonly kubeconfig: string;
  readonly adminToken: string;
  readonly #parts: RunningParts;
  #owned: AsyncDisposableStack | undefined;
  #stopped: Promise<void> | undefined;

  constructor(parts: RunningParts) {
    this.url = parts.url;
    this.port = parts.door.port;
    this.certificateAuthority = parts.authority;
    this.kubeconfig = parts.kubeconfig;
    this.adminToken = parts.credentials.shardAdmin.token;
    this.#parts = parts;
  }

  /** Takes over what ends with the server. */
  own(owned: AsyncDisposableStack): void {
    this.#owned = owned;
  }

  client(cluster: string): LoopbackClient {
    return this.clientOf(this.adminToken, cluster);
  }

  clientOf(token: string, cluster: string): LoopbackClient {
    return loopbackClient(inProcess(this.#parts.handler), `/clusters/${encodeURIComponent(cluster)}`, token);
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    const { options, logger } = this.#parts;
    try {
      await options.hooks?.beforeStop?.(this);
    } catch (error) {
      logger.error('hook before stop failed', { error });
    }
    this.#parts.stopping();
    await this.#owned?.disposeAsync();
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop();
  }
}
