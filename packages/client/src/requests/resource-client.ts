import { formatApiVersion, isObject, own, type JsonObject } from '@kcp/api-machinery';
import { decodeList, type List } from './codec.ts';
import type { Kind, ObjectLike } from './kind.ts';
import type * as options from './resource-options.ts';
import { collectionPath, objectPath, type ResourceScope } from './resource-path.ts';
import type { PathRequest, Query, Sender } from './sender.ts';
import { MAX_EVENT_BYTES, readEvents, type WatchEvent } from './watch-events.ts';

/** Items of a page where nobody says how many (client-go's pager). */
const PAGE = 500;

const patchTypes = {
  json: 'application/json-patch+json',
  merge: 'application/merge-patch+json',
  strategic: 'application/strategic-merge-patch+json',
} as const satisfies Record<options.Patch['type'], string>;

/** A kind, or a resource whose kind is not known. */
export type ServedKind<T> = Omit<Kind<T>, 'kind' | 'namespaced'> & { readonly kind?: string };

/**
 * Requests about one resource, in one namespace or in all of them. All reject with ApiError where the server refuses, with
 * ConnectionError where it cannot be reached, and with the signal's reason where their caller gives up.
 */
export class ResourceClient<T extends ObjectLike> {
  readonly #sender: Sender;
  readonly #kind: ServedKind<T>;
  readonly #scope: ResourceScope;

  constructor(sender: Sender, kind: ServedKind<T>, scope?: ResourceScope) {
    this.#sender = sender;
    this.#kind = kind;
    const { group, version, resource } = kind;
    this.#scope = scope ?? { group, version, resource };
  }

  /** The same resource in one namespace. */
  namespace(namespace: string): ResourceClient<T> {
    return new ResourceClient(this.#sender, this.#kind, { ...this.#scope, namespace });
  }

  /** A part of an object: `status`, `scale`, `token`. Its methods that take a name take the object's. */
  subresource(subresource: string): ResourceClient<T> {
    return new ResourceClient(this.#sender, this.#kind, { ...this.#scope, subresource });
  }

  get(name: string, { resourceVersion, signal }: options.GetOptions = {}): Promise<T> {
    return this.#one(objectPath(this.#scope, name), { query: { resourceVersion }, signal });
  }

  /** One page, or all where there is no limit. A token that is too old: ApiError Expired, whose `continueAfterExpiry` goes on. */
  async list(options: options.ListOptions = {}): Promise<List<T>> {
    const { signal, ...query } = options;
    return decodeList(await this.#sender.object(collectionPath(this.#scope), { query, signal }), this.#kind.decode);
  }

  /** All pages, at the revision of the first. */
  async *pages(options: Omit<options.ListOptions, 'continue'> = {}): AsyncGenerator<List<T>, void, void> {
    let page = await this.list({ limit: PAGE, ...options });
    yield page;
    const { resourceVersion: _first, resourceVersionMatch: _match, ...further } = options;
    while (page.metadata.continue !== '') {
      page = await this.list({ limit: PAGE, ...further, continue: page.metadata.continue });
      yield page;
    }
  }

  /** All objects, page by page, at the revision of the first. */
  async *items(options: Omit<options.ListOptions, 'continue'> = {}): AsyncGenerator<T, void, void> {
    for await (const { items } of this.pages(options)) yield* items;
  }

  /**
   * The changes, as they come. Ends where the server ends the watch, or by leaving the loop; go on from the last version told. Throws
   * ApiError Expired where that version is too old: list again.
   */
  async *watch(options: options.WatchOptions = {}): AsyncGenerator<WatchEvent<T>, void, void> {
    const { signal, sendInitialEvents, allowWatchBookmarks, resourceVersionMatch, ...rest } = options;
    const query: Query = {
      ...rest,
      watch: true,
      // The server wants both beside each other (KEP-3157).
      resourceVersionMatch: resourceVersionMatch ?? (sendInitialEvents ? 'NotOlderThan' : undefined),
      allowWatchBookmarks: allowWatchBookmarks ?? sendInitialEvents,
      sendInitialEvents: sendInitialEvents === undefined ? undefined : String(sendInitialEvents),
    };
    const response = await this.#sender.accepted(collectionPath(this.#scope), { query, signal });
    yield* readEvents(response, this.#kind.decode, MAX_EVENT_BYTES);
  }

  /** Creates an object; its type may be left out where the resource is of a kind. */
  create(object: T, options: options.WriteOptions = {}): Promise<T> {
    return this.#write(collectionPath(this.#in(object)), 'POST', { object, options });
  }

  /** Creates by a part of an object: a token of a service account, an eviction. */
  createFor(name: string, body: object, options: options.WriteOptions = {}): Promise<JsonObject> {
    return this.#sender.object(objectPath(this.#scope, name), { method: 'POST', body, ...writeRequest(options) });
  }

  /** Replaces an object; with its resourceVersion, only the one that was read (409 Conflict). */
  update(object: T, options: options.WriteOptions = {}): Promise<T> {
    return this.#write(objectPath(this.#in(object), nameOf(object)), 'PUT', { object, options });
  }

  patch(name: string, patch: options.Patch, options: options.WriteOptions = {}): Promise<T> {
    return this.#one(objectPath(this.#scope, name), {
      method: 'PATCH',
      body: patch.patch,
      contentType: patchTypes[patch.type],
      ...writeRequest(options),
    });
  }

  /** Server-side apply: the fields of `object` become what they are there, and the manager's own. */
  apply(object: T, { force, ...options }: options.ApplyOptions): Promise<T> {
    const { query, signal } = writeRequest(options);
    return this.#one(objectPath(this.#in(object), nameOf(object)), {
      method: 'PATCH',
      body: this.#typed(object),
      contentType: 'application/apply-patch+yaml',
      query: { ...query, force },
      signal,
    });
  }

  /** Deletes an object: what is left of it where finalizers wait, else a Status. */
  delete(name: string, options: options.DeleteOptions = {}): Promise<JsonObject> {
    return this.#sender.object(objectPath(this.#scope, name), deleteRequest(options));
  }

  /** Deletes all that are selected; the list of them, or a Status. */
  deleteCollection(options: options.DeleteCollectionOptions = {}): Promise<JsonObject> {
    const { labelSelector, fieldSelector, limit, resourceVersion, resourceVersionMatch, ...rest } = options;
    const request = deleteRequest(rest);
    const query = { labelSelector, fieldSelector, limit, resourceVersion, resourceVersionMatch };
    return this.#sender.object(collectionPath(this.#scope), { ...request, query });
  }

  async #one(path: string, request: PathRequest): Promise<T> {
    return this.#kind.decode(await this.#sender.object(path, request));
  }

  #write(path: string, method: string, { object, options }: { object: T; options: options.WriteOptions }): Promise<T> {
    return this.#one(path, { method, body: this.#typed(object), ...writeRequest(options) });
  }

  /** A namespaced object may say its namespace itself. */
  #in({ metadata }: ObjectLike): ResourceScope {
    const namespace = this.#scope.namespace ?? metadata?.namespace;
    return namespace === undefined ? this.#scope : { ...this.#scope, namespace };
  }

  #typed(object: T): object {
    const { kind, group, version } = this.#kind;
    if (kind === undefined) return object;
    return { apiVersion: formatApiVersion({ group, version }), kind, ...object };
  }
}

function nameOf({ metadata }: ObjectLike): string {
  if (!metadata?.name) throw new RangeError('metadata.name is missing');
  return metadata.name;
}

function writeRequest({
  dryRun,
  fieldManager,
  fieldValidation,
  signal,
}: options.WriteOptions): PathRequest & { readonly query: Query } {
  return { query: { dryRun: dryRun ? 'All' : undefined, fieldManager, fieldValidation }, signal };
}

function deleteRequest({ dryRun, signal, ...body }: options.DeleteOptions): PathRequest {
  const options = { apiVersion: 'v1', kind: 'DeleteOptions', ...body, ...(dryRun && { dryRun: ['All'] }) };
  return { method: 'DELETE', body: options, signal };
}

/** What a deletion left, where finalizers wait; undefined where the object is gone. */
export function remaining(answer: JsonObject): JsonObject | undefined {
  const metadata = own(answer, 'metadata');
  return own(answer, 'kind') === 'Status' || !isObject(metadata) ? undefined : answer;
}
