import type { Clock } from '@kcp/controller';
import type { Logger } from '@kcp/telemetry';
import type { RootDirectory } from '../root-directory.ts';
import {
  loadClients,
  loadNamed,
  loadServing,
  type CertificateSet,
  type CertificateSources,
} from './certificate-set.ts';
import { watchFiles } from './file-watch.ts';

/** Where certificates come from, and who is told. */
export interface CertificatesOptions {
  readonly directory: RootDirectory;
  readonly sources: CertificateSources;
  readonly clock: Clock;
  readonly logger: Logger;
}

/** Told of every change; what it throws is logged, and the set stays the new one. */
export type CertificateListener = (set: CertificateSet) => void | Promise<void>;

const RETRY_MS = 60_000;

/**
 * The server's certificates while it runs: renewed in time where they are our own, read anew where they are files that
 * somebody replaces. What cannot be read is logged, and the old one stays.
 */
export class Certificates implements AsyncDisposable {
  readonly #options: CertificatesOptions;
  readonly #listeners: CertificateListener[] = [];
  readonly #owned = new DisposableStack();
  #set: CertificateSet;
  #timer: Disposable | undefined;
  #running: Promise<void> | undefined;
  #again = false;
  #stopped = false;

  private constructor(options: CertificatesOptions, set: CertificateSet) {
    this.#options = options;
    this.#set = set;
  }

  /** Reads or makes everything. Rejects with OptionFileError or RootDirectoryError where something is no good. */
  static async open(options: CertificatesOptions): Promise<Certificates> {
    const { directory, sources, clock } = options;
    const now = clock.now();
    const [serving, clients, named] = [
      await loadServing(directory, sources, { now, repairs: true }),
      await loadClients(directory, sources, now),
      await loadNamed(sources),
    ];
    const { pair, authority } = serving;
    const due = Math.min(serving.due, clients.due);
    return new Certificates(options, { ...clients, serving: pair, authority, named, due });
  }

  /** As they are now; another object whenever something changed. */
  get current(): CertificateSet {
    return this.#set;
  }

  /** Calls for every change from now on. */
  onChange(listener: CertificateListener): void {
    this.#listeners.push(listener);
  }

  /** Begins to watch the files and the time. */
  start(): void {
    const { sources, clock, logger } = this.#options;
    const given = [sources.serving, sources.signing, ...sources.named].flatMap((files) =>
      files === undefined ? [] : [files.certFile, files.keyFile],
    );
    const authorities = [sources.clientCaFile, sources.proxyCaFile].filter((file) => file !== undefined);
    const files = [...given, ...authorities];
    const own = sources.serving === undefined ? [this.#options.directory.at(sources.ownFiles.certificate)] : [];
    this.#owned.use(watchFiles({ files: [...files, ...own], onChange: () => void this.check(), clock, logger }));
    this.#arm();
  }

  /**
   * Looks at everything now; fulfils when that is done and the listeners have been told. One look at a time: asked for during
   * a look, there is one more afterwards.
   */
  check(): Promise<void> {
    if (this.#stopped) return this.#running ?? Promise.resolve();
    this.#again = true;
    this.#running ??= this.#looks();
    return this.#running;
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#stopped = true;
    this.#timer?.[Symbol.dispose]();
    this.#owned.dispose();
    await this.#running;
  }

  /** Looks as long as somebody asks. That nobody does and that this is over is one moment: no call falls in between. */
  async #looks(): Promise<void> {
    while (this.#again && !this.#stopped) {
      this.#again = false;
      await this.#look();
    }
    this.#running = undefined;
    this.#arm();
  }

  async #look(): Promise<void> {
    const before = this.#set;
    const { next, failed } = await this.#load();
    const { due: _, ...known } = before;
    const { due, ...found } = next;
    const retry = failed ? this.#options.clock.now() + RETRY_MS : Infinity;
    const isSame = JSON.stringify(found) === JSON.stringify(known);
    this.#set = { ...(isSame ? known : found), due: Math.min(due, retry) };
    if (!isSame) await this.#tell();
  }

  /** Every part by itself: a broken one does not keep the others from being renewed. */
  async #load(): Promise<{ readonly next: CertificateSet; readonly failed: boolean }> {
    const { directory, sources, clock, logger } = this.#options;
    const now = clock.now();
    let failed = false;
    const attempt = async <T>(part: string, load: Promise<T>): Promise<T | undefined> => {
      try {
        return await load;
      } catch (error) {
        failed = true;
        logger.error('certificates cannot be read anew; the old ones stay', { part, error });
        return undefined;
      }
    };
    const serving = await attempt('serving', loadServing(directory, sources, { now, repairs: false }));
    const clients = await attempt('clients', loadClients(directory, sources, now));
    const named = await attempt('named', loadNamed(sources));
    const next = {
      ...this.#set,
      ...clients,
      ...(serving && { serving: serving.pair, authority: serving.authority }),
      ...(named && { named }),
      due: Math.min(serving?.due ?? Infinity, clients?.due ?? Infinity),
    };
    return { next, failed };
  }

  async #tell(): Promise<void> {
    const { logger } = this.#options;
    logger.info('certificates changed');
    for (const listener of this.#listeners) {
      try {
        await listener(this.#set);
      } catch (error) {
        logger.error('new certificates cannot be used; the old ones stay in use', { error });
      }
    }
  }

  #arm(): void {
    this.#timer?.[Symbol.dispose]();
    const { due } = this.#set;
    if (this.#stopped || due === Infinity) return;
    const { clock } = this.#options;
    this.#timer = clock.after(Math.max(due - clock.now(), 1), () => void this.check());
  }
}
