import { ApiError, expired } from '@kcp/api-machinery';
import type { Sink } from '@kcp/http';
import type { ObjectChange, ObjectReader, WatchListener } from '@kcp/object-store';
import type { CollectionTarget } from './target.ts';
import type { EventWriter } from './watch-events.ts';

/** Says when a resource is no longer served as a watch shows it: its definition changed or went. */
export interface WatchDefinitions {
  /** Calls `changed` once, when that happens. */
  follow(target: Pick<CollectionTarget, 'cluster' | 'resource'>, changed: () => void): Disposable;
}

/** What a session is made of. */
export interface SessionOptions {
  readonly target: CollectionTarget;
  readonly writer: EventWriter;
  readonly sink: Sink;
  readonly definitions: WatchDefinitions;
  readonly allowBookmarks: boolean;
  /** The one object that is watched; undefined where it may be several. */
  readonly name: string | undefined;
  readonly seconds: number;
}

/** The most bytes that may wait for a slow client before it is told that it lost its place. */
export const WATCH_BACKLOG_LIMIT = 16 * 1024 * 1024;

const BOOKMARK_INTERVAL_MS = 60_000;

/** The live part of a watch: ends with the client, the time-out, the definition or the loss of its place. */
export class WatchSession implements WatchListener {
  readonly #options: SessionOptions;
  readonly #ended: Promise<void>;
  readonly #timer: NodeJS.Timeout;
  #end: () => void = () => {};
  #done = false;
  #revision = 0;
  #bookmarked = 0;
  /** Events wait here while one before them is being converted: order is kept. */
  #tail: Promise<void> | undefined;

  constructor(options: SessionOptions) {
    this.#options = options;
    const { promise, resolve } = Promise.withResolvers<void>();
    this.#ended = promise;
    this.#end = resolve;
    this.#timer = setTimeout(() => this.#timeout(), Math.max(0, options.seconds) * 1000);
    options.sink.onClose(() => this.#finish());
  }

  /** Follows the store after a revision until the watch ends. */
  async run(store: ObjectReader, after: number): Promise<void> {
    const { target, sink, writer, name } = this.#options;
    this.#revision = after;
    // a view shows little of what happens: who watches one is told at the beginning how far it has come
    this.#bookmarked = target.exchange.place ? 0 : Date.now();
    const { bucket } = target.resource;
    try {
      using _definition = this.#options.definitions.follow(target, () => this.#finish());
      using _events = store.watch(
        { bucket, cluster: target.cluster, namespace: target.namespace, after, ...(name !== undefined && { name }) },
        this,
      );
      await this.#ended;
    } catch (error) {
      sink.write(writer.error(tooOld(error, after)));
    } finally {
      this.#finish();
    }
  }

  event(change: ObjectChange): void {
    if (this.#done) return;
    this.#revision = change.object.revision;
    if (this.#tail) return this.#enqueue(() => this.#options.writer.change(change));
    const bytes = this.#options.writer.change(change);
    if (bytes instanceof Promise) this.#enqueue(() => bytes);
    else if (bytes) this.#write(bytes);
  }

  progress(revision: number): void {
    if (revision > this.#revision) this.#revision = revision;
    if (!this.#options.allowBookmarks || Date.now() - this.#bookmarked < BOOKMARK_INTERVAL_MS) return;
    this.#bookmark();
  }

  lost(error: Error): void {
    this.#write(this.#options.writer.error(tooOld(error, this.#revision)));
    this.#finish();
  }

  #enqueue(bytes: () => Buffer | undefined | Promise<Buffer>): void {
    const before = this.#tail ?? Promise.resolve();
    const tail = before
      .then(bytes)
      .then((ready) => {
        if (ready) this.#write(ready);
        if (this.#tail === tail) this.#tail = undefined;
      })
      .catch((error: unknown) => {
        this.#write(this.#options.writer.error(ApiError.from(error)));
        this.#finish();
      });
    this.#tail = tail;
  }

  #write(bytes: Buffer): void {
    const { sink, writer } = this.#options;
    if (this.#done) return;
    sink.write(bytes);
    if (sink.pending <= WATCH_BACKLOG_LIMIT) return;
    sink.write(
      writer.error(expired(`too old resource version: the watch fell more than ${WATCH_BACKLOG_LIMIT} bytes behind`)),
    );
    this.#finish();
  }

  #bookmark(): void {
    this.#bookmarked = Date.now();
    const revision = this.#revision;
    const bytes = this.#options.writer.bookmark(revision);
    if (this.#tail) this.#enqueue(() => bytes);
    else this.#write(bytes);
  }

  #timeout(): void {
    if (this.#options.allowBookmarks) this.#bookmark();
    if (this.#tail) void this.#tail.then(() => this.#finish());
    else this.#finish();
  }

  #finish(): void {
    if (this.#done) return;
    this.#done = true;
    clearTimeout(this.#timer);
    this.#end();
  }
}

function tooOld(error: unknown, after: number): ApiError {
  const known = ApiError.from(error);
  return known.reason === 'Expired'
    ? expired(`The resourceVersion for the provided watch is too old: ${after}`)
    : known;
}
