import { ApiError, formatApiVersion, stringifyJson, type JsonObject, type KubeObject } from '@kcp/api-machinery';
import type { ObjectChange, StoredObject } from '@kcp/object-store';
import { watchFrame } from '@kcp/protobuf';
import { partialMetadata } from '../present/partial-metadata.ts';
import { protobufObject } from '../present/protobuf.ts';
import { served } from '../present/render.ts';
import { makeTable, readIncludeObject, type IncludeObject } from '../present/table.ts';
import type { Match } from '../request/selection.ts';
import type { CollectionTarget } from './target.ts';

/** The types of watch events. */
export type EventType = 'ADDED' | 'MODIFIED' | 'DELETED' | 'BOOKMARK' | 'ERROR';

/**
 * What one write is to one watcher, where it is anything. An object that left the selection is told as DELETED, in its state
 * before the write but with the revision of the write.
 */
type Shown = 'ADDED' | 'MODIFIED' | 'DELETED' | 'LEFT';

const END = Buffer.from('}\n');

/** Makes the events of one watch. What several watches show alike is made once and kept with the change. */
export class EventWriter {
  readonly match: Match;
  readonly #target: CollectionTarget;
  /** Under which names the events that several watches show alike are kept. */
  readonly #forms: Readonly<Record<Shown, string>>;
  readonly #include: IncludeObject;
  #columnsSent = false;

  constructor(target: CollectionTarget, match: Match) {
    this.match = match;
    this.#target = target;
    const { transform, format } = target.representation;
    this.#include = transform?.kind === 'Table' ? readIncludeObject(target.exchange.query) : 'Metadata';
    const { fingerprint, gvr } = target.resource;
    const form = `${format} ${fingerprint} ${gvr.version} ${transform ? `${transform.kind} ${transform.version} ${this.#include}` : ''}`;
    this.#forms = {
      ADDED: `ADDED ${form}`,
      MODIFIED: `MODIFIED ${form}`,
      DELETED: `DELETED ${form}`,
      LEFT: `LEFT ${form}`,
    };
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
    const form = this.#forms[shown];
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
    if (kind === 'delete') return was ? 'DELETED' : undefined;
    if (is) return was ? 'MODIFIED' : 'ADDED';
    return was ? 'LEFT' : undefined;
  }

  #render({ object, previous }: ObjectChange, shown: Shown): Buffer | Promise<Buffer> {
    if (shown !== 'LEFT') return this.#event(shown, object);
    return this.#converted('DELETED', previous ?? object, String(object.revision));
  }

  #event(type: EventType, stored: StoredObject): Buffer | Promise<Buffer> {
    const { resource, representation } = this.#target;
    if (stored.fingerprint === resource.fingerprint) {
      const asStored = representation.transform === undefined && representation.format === 'json';
      return asStored ? frame(type, stored.json()) : this.#value(type, stored.decode());
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
    return this.#frame(type, this.#transformed(object));
  }

  #frame(type: EventType, shown: JsonObject): Buffer {
    const { representation, resource } = this.#target;
    if (representation.format !== 'protobuf') return frame(type, Buffer.from(stringifyJson(shown)));
    const codec = representation.transform === undefined && type !== 'ERROR' ? resource.protobuf : undefined;
    return watchFrame(type, protobufObject(shown, codec));
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
  bookmark(revision: number, annotations?: Readonly<Record<string, string>>): Buffer {
    const { resource, representation } = this.#target;
    const { transform } = representation;
    const metadata = { resourceVersion: String(revision), ...(annotations && { annotations }) };
    const object: KubeObject = { kind: resource.kind, apiVersion: formatApiVersion(resource.gvr), metadata };
    const bare = transform !== undefined && transform.kind !== 'Table';
    return this.#frame('BOOKMARK', bare ? partialMetadata(object, transform.version) : object);
  }

  /** The last event of a watch that failed. */
  error(error: ApiError): Buffer {
    return this.#frame('ERROR', error.toStatus());
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
