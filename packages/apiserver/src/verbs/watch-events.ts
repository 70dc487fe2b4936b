import { ApiError, formatApiVersion, stringifyJson, type JsonObject, type KubeObject } from '@kcp/api-machinery';
import type { ObjectChange, StoredObject } from '@kcp/object-store';
import { partialMetadata } from '../present/partial-metadata.ts';
import { served } from '../present/render.ts';
import { makeTable, readIncludeObject, type IncludeObject } from '../present/table.ts';
import type { Match } from '../request/selection.ts';
import type { CollectionTarget } from './target.ts';

/** The types of watch events. */
export type EventType = 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';

/** What one write is to one watcher: nothing, or an event about one of its two states. */
interface Shown {
  readonly type: 'ADDED' | 'MODIFIED' | 'DELETED';
  /** The state before the write, told with the revision of the write: an object that left the selection. */
  readonly before: boolean;
}

const END = Buffer.from('}\n');

/** Makes the events of one watch. What several watches show alike is made once and kept with the change. */
export class EventWriter {
  readonly match: Match;
  readonly #target: CollectionTarget;
  readonly #form: string;
  readonly #include: IncludeObject;
  #columnsSent = false;

  constructor(target: CollectionTarget, match: Match) {
    this.match = match;
    this.#target = target;
    const { transform } = target.representation;
    this.#include = transform?.kind === 'Table' ? readIncludeObject(target.exchange.query) : 'Metadata';
    this.#form = `${target.resource.fingerprint} ${target.resource.gvr.version} ${transform ? `${transform.kind} ${transform.version} ${this.#include}` : ''}`;
  }

  /** The event of an object that was there before the watch began. */
  async added(stored: StoredObject): Promise<Buffer> {
    return this.#event('ADDED', stored);
  }

  /** The event that a write is to this watch; undefined where it is none. Synchronous unless a conversion has to be asked for. */
  change(change: ObjectChange): Buffer | undefined | Promise<Buffer> {
    const shown = this.#shown(change);
    if (!shown) return undefined;
    const perWatch = this.#target.representation.transform?.kind === 'Table';
    const form = `${shown.type}${shown.before ? '<' : ' '}${this.#form}`;
    const known = perWatch ? undefined : change.rendered.get(form);
    if (known) return known;
    const bytes = this.#render(change, shown);
    if (perWatch) return bytes;
    if (bytes instanceof Promise) return bytes;
    change.rendered.set(form, bytes);
    return bytes;
  }

  #shown({ kind, object, previous }: ObjectChange): Shown | undefined {
    const match = this.match;
    const is = kind === 'put' && (!match || match(object.decode()));
    const was =
      kind === 'delete'
        ? !match || match(object.decode())
        : previous !== undefined && (!match || match(previous.decode()));
    if (kind === 'delete') return was ? { type: 'DELETED', before: false } : undefined;
    if (is) return { type: was ? 'MODIFIED' : 'ADDED', before: false };
    return was ? { type: 'DELETED', before: true } : undefined;
  }

  #render({ object, previous }: ObjectChange, { type, before }: Shown): Buffer | Promise<Buffer> {
    if (!before || !previous) return this.#event(type, object);
    return this.#converted(type, previous, String(object.revision));
  }

  #event(type: EventType, stored: StoredObject): Buffer | Promise<Buffer> {
    const { resource, representation } = this.#target;
    if (stored.fingerprint === resource.fingerprint) {
      return representation.transform === undefined ? frame(type, stored.json()) : this.#value(type, stored.decode());
    }
    return this.#converted(type, stored, undefined);
  }

  async #converted(type: EventType, stored: StoredObject, revision: string | undefined): Promise<Buffer> {
    const object = await served(this.#target.resource, stored);
    const shown =
      revision === undefined ? object : { ...object, metadata: { ...object.metadata, resourceVersion: revision } };
    return this.#value(type, shown);
  }

  #value(type: EventType, object: KubeObject): Buffer {
    return frame(type, Buffer.from(stringifyJson(this.#transformed(object))));
  }

  #transformed(object: KubeObject): JsonObject {
    const { representation, resource, exchange } = this.#target;
    const { transform } = representation;
    if (transform === undefined) return object;
    if (transform.kind === 'PartialObjectMetadata') return partialMetadata(object, transform.version);
    if (transform.kind !== 'Table')
      throw new ApiError('NotAcceptable', `you requested ${transform.kind}, but the requested object is not a list`);
    const withColumns = !this.#columnsSent;
    this.#columnsSent = true;
    const metadata = { resourceVersion: object.metadata.resourceVersion ?? '' };
    return makeTable([object], {
      resource,
      version: transform.version,
      include: this.#include,
      now: exchange.received,
      metadata,
      withColumns,
    });
  }

  /** An event that tells how far the watch has come. */
  bookmark(revision: number, annotations?: JsonObject): Buffer {
    const { resource } = this.#target;
    const metadata: JsonObject = { resourceVersion: String(revision), ...(annotations && { annotations }) };
    const object: JsonObject = { kind: resource.kind, apiVersion: formatApiVersion(resource.gvr), metadata };
    return frame('BOOKMARK', Buffer.from(JSON.stringify(object)));
  }

  /** The last event of a watch that failed. */
  error(error: ApiError): Buffer {
    return frame('ERROR', Buffer.from(stringifyJson(error.toStatus())));
  }
}

function frame(type: EventType, object: Buffer): Buffer {
  return Buffer.concat([HEADS[type], object, END]);
}

const HEADS: Readonly<Record<EventType, Buffer>> = {
  ADDED: head('ADDED'),
  MODIFIED: head('MODIFIED'),
  DELETED: head('DELETED'),
  BOOKMARK: head('BOOKMARK'),
  ERROR: head('ERROR'),
};

function head(type: EventType): Buffer {
  return Buffer.from(`{"type":"${type}","object":`);
}
