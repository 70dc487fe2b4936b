import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Audit } from '@kcp/apiserver';
import type { ByteStream } from '@kcp/audit';
import { parseTokenFile } from '@kcp/auth';
import { inProcess, startDoor, type Door, type Handler } from '@kcp/http';
import { type ObjectReader, type ObjectWriter } from '@kcp/object-store';
import { createOutbound } from '@kcp/outbound';
import { systemClock } from '@kcp/controller';
import { startCompaction, type Backend } from '@kcp/storage';
import { silentLogger, silentMeter, type Logger } from '@kcp/telemetry';
import { writeAdminFiles, type AdminCredentials } from './admin-credentials.ts';
import { ambient } from './ambient.ts';
import { bootstrapRoot } from './bootstrap/bootstrap-root.ts';
import { rootPlan } from './bootstrap/root-plan.ts';
import { certificateSources, doorTls, type CertificateSources } from './certificates/certificate-set.ts';
import { Certificates } from './certificates/certificates.ts';
import { followCertificates } from './certificates/follow.ts';
import { loopbackClient, type LoopbackClient } from './loopback-client.ts';
import { readOptionFile } from './option-file.ts';
import { startOffload } from './offload.ts';
import type { ServerOptions } from './options.ts';
import { RootDirectory } from './root-directory.ts';
import { openSecrets } from './secrets.ts';
import type { Server } from './server.ts';
import { ledWith } from './leader-term.ts';
import type { RunningControllers } from './controllers.ts';
import { shareSecrets } from './shared-secrets.ts';
import { readSignIn } from './sign-in.ts';
import { startingGate, type StartingGate } from './starting-gate.ts';
import { openStore } from './open-store.ts';
import { isShared, openStorage } from './storage.ts';
import { wire, type Wired } from './wiring.ts';

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
  const gate = startingGate();
  const early = await openEarly(options, { directory, gate, logger, parts });
  const backend = parts.use(await openStorage(options, { directory, logger, waiting: (why) => gate.waiting(why) }));
  parts.use(startCompaction({ backend, logger }));
  const store = openStore(options, { backend, logger, owned: parts });
  const files = {
    kubeconfig: options.kubeconfigPath ?? DEFAULT_KUBECONFIG,
    tokenHash: options.adminTokenPath ?? DEFAULT_TOKEN_HASH,
  };
  const shared = isShared(options) ? await shareSecrets(store, directory) : undefined;
  const { certificates, sources } = early ?? (await openOwnCertificates(options, { directory, logger, parts }));
  const secrets = await openSecrets(options, { directory, files, certificates, ...(shared && { shared }) });
  const { credentials } = secrets;
  const audit = await startAudit(options, { store, logger, owned: parts });
  const meter = options.meter ?? silentMeter;
  const trust = () => certificates.current;
  const signIn = await readSignIn(options, {
    owner: parts,
    ambient,
    logger,
    meter,
    certificates: trust,
    accounts: secrets.accounts,
  });
  let url = '';
  const wired = wire(options, {
    store,
    offload: parts.use(startOffload(logger, options.meter ?? silentMeter)),
    outbound: parts.use(createOutbound({ ...(options.outbound && { policy: options.outbound }), meter })),
    ...secrets,
    authority: () => certificates.current.authority,
    confining: () => certificates.current.confining,
    logger,
    audit,
    tracer: options.openTracer && parts.use(await options.openTracer()),
    serverUrl: () => url,
    storageProblem: () => backend.problem(),
    tokens: await readTokens(options, logger),
    signIn,
    meter,
  });
  gate.open(wired.handler);
  const door = early?.door ?? (await openDoor(options, { gate, certificates, sources, logger, parts }));
  const host = hostOf(options);
  url = `https://${host.includes(':') ? `[${host}]` : host}:${door.port}`;
  const controllers = lead(options, { backend, store, wired, parts });
  await bootstrapRoot(store, wired.writer, rootPlan(options, url));
  wired.ready();
  const writeKubeconfig = (): Promise<string> =>
    writeAdminFiles(directory, files, { credentials, server: url, authority: certificates.current.authority });
  const kubeconfig = await writeKubeconfig();
  const publish = async (): Promise<void> => {
    await writeKubeconfig();
    await controllers.current?.renewTrust();
  };
  followCertificates(certificates, { sources, door, publish });
  const server = new RunningServer({
    url,
    door,
    kubeconfig,
    credentials,
    certificates,
    handler: wired.handler,
    stopping: () => wired.stopping(),
    options,
    logger,
  });
  await options.hooks?.afterStart?.(server);
  server.own(parts.move());
  return server;
}

/** Runs the controllers whenever this server leads; the ones that run. */
function lead(
  { runControllers = true }: ServerOptions,
  {
    backend,
    store,
    wired,
    parts,
  }: { backend: Backend; store: ObjectWriter; wired: Wired; parts: AsyncDisposableStack },
): { readonly current: RunningControllers | undefined } {
  const running: { current: RunningControllers | undefined } = { current: undefined };
  if (!runControllers) return running;
  const { leadership } = backend;
  const start = ledWith(leadership, store, (led) => (running.current = wired.startControllers(led)));
  parts.use(leadership.campaign('controllers', start));
  return running;
}

/** Loads what records requests only where that is asked for. */
async function startAudit(
  { audit, meter = silentMeter }: ServerOptions,
  { store, logger, owned }: { store: ObjectReader; logger: Logger; owned: AsyncDisposableStack },
): Promise<Audit | undefined> {
  if (audit === undefined) return undefined;
  const { startAuditing } = await import('./auditing.ts');
  const standardOutput: ByteStream = { write: (bytes, done) => process.stdout.write(bytes, done) };
  const { random } = ambient;
  return startAuditing(audit, { store, clock: systemClock, random, meter, logger, standardOutput }, owned);
}

async function temporaryFolder(parts: AsyncDisposableStack): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'kcp-'));
  parts.defer(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

interface OpeningParts {
  readonly directory: RootDirectory;
  readonly logger: Logger;
  readonly parts: AsyncDisposableStack;
}

interface OwnCertificates {
  readonly certificates: Certificates;
  readonly sources: CertificateSources;
}

/** Opens the door before the store where the authority is there already, so that health checks are answered while a large store is loaded. */
async function openEarly(
  options: ServerOptions,
  { gate, ...opening }: OpeningParts & { gate: StartingGate },
): Promise<(OwnCertificates & { readonly door: Door }) | undefined> {
  if (!isShared(options) || (await opening.directory.read('ca.crt')) === undefined) return undefined;
  const own = await openOwnCertificates(options, opening);
  return { ...own, door: await openDoor(options, { ...own, ...opening, gate }) };
}

async function openOwnCertificates(
  options: ServerOptions,
  { directory, logger, parts }: OpeningParts,
): Promise<OwnCertificates> {
  const sources = certificateSources(options, [...new Set([hostOf(options), 'localhost', '127.0.0.1'])]);
  const certificates = parts.use(await Certificates.open({ directory, sources, clock: systemClock, logger }));
  return { certificates, sources };
}

function hostOf({ externalHostname, bindAddress = '127.0.0.1' }: ServerOptions): string {
  return externalHostname ?? reachable(bindAddress);
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
    gate,
    certificates,
    sources,
    logger,
    parts,
  }: OwnCertificates & Omit<OpeningParts, 'directory'> & { gate: StartingGate },
): Promise<Door> {
  const door = await startDoor({
    host: options.bindAddress ?? '127.0.0.1',
    port: options.port ?? 0,
    tls: doorTls(sources, certificates.current),
    handler: gate.handler,
    logger,
    meter: options.meter ?? silentMeter,
  });
  parts.defer(() => door.stop(options.graceMs));
  return door;
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
  readonly certificates: Certificates;
  readonly handler: Handler;
  readonly stopping: () => void;
  readonly options: ServerOptions;
  readonly logger: Logger;
}

class RunningServer implements Server {
  readonly url: string;
  readonly port: number;
  readonly kubeconfig: string;
  readonly adminToken: string;
  readonly #parts: RunningParts;
  #owned: AsyncDisposableStack | undefined;
  #stopped: Promise<void> | undefined;

  constructor(parts: RunningParts) {
    this.url = parts.url;
    this.port = parts.door.port;
    this.kubeconfig = parts.kubeconfig;
    this.adminToken = parts.credentials.shardAdmin.token;
    this.#parts = parts;
  }

  get certificateAuthority(): string {
    return this.#parts.certificates.current.authority;
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
