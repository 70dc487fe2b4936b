import type { ApiError } from '@kcp/api-machinery';
import type { MessageSocket, Response, Sink } from '@kcp/http';
import type { ObjectReader } from '@kcp/object-store';
import { contentTypes, headersFor } from '../present/respond.ts';
import { readListOptions, type ListOptions } from '../request/list-options.ts';
import { resourceVersionOf, tooLargeVersion } from '../request/resource-version.ts';
import { spokenProtocols } from '../request/socket-credentials.ts';
import { matcher, selectedName } from '../request/selection.ts';
import { collect } from './list.ts';
import { socketSink } from './socket-sink.ts';
import type { CollectionTarget } from './target.ts';
import { EventWriter } from './watch-events.ts';
import { WatchSession, type WatchDefinitions } from './watch-session.ts';

/** What watches need beside the store. */
export interface WatchDeps {
  readonly store: ObjectReader;
  /** Tells when what a watch shows is no longer served that way. */
  readonly definitions: WatchDefinitions;
  /** A number in [0, 1): spreads the ends of watches that name no timeout. */
  readonly random: () => number;
}

/** How long a watch lasts that names no time-out: this many seconds at least, at most twice that. */
const DEFAULT_TIMEOUT_SECONDS = 1800;

/** Where a watch begins. */
interface Start {
  /** The present comes first, as ADDED events. */
  readonly present: boolean;
  /** Without the present: events after this revision. */
  readonly after: number;
  readonly refusal: ApiError | undefined;
}

/** GET of a collection with `watch`: a stream of events, or over a WebSocket a message each; refusals of the options aside. */
export function watch(deps: WatchDeps, target: CollectionTarget): Response {
  const options = withName(readListOptions(target.exchange.query, true), target.info.name);
  const match = matcher(target.resource, options);
  const start = readStart(deps.store, options);
  const seconds = options.timeoutSeconds ?? Math.floor(DEFAULT_TIMEOUT_SECONDS * (1 + deps.random()));
  const plan: Plan = { target, options, start, writer: new EventWriter(target, match), seconds };
  const headers = headersFor(target.exchange, { 'content-type': streamType(target) });
  const asked = target.exchange.request.upgrade;
  if (!asked) return { status: 200, headers, body: (sink) => run(deps, plan, sink) };
  // whatever the client likes best is spoken: it says nothing about the messages
  const [subprotocol] = spokenProtocols(asked);
  const { format } = target.representation;
  const converse = (socket: MessageSocket): Promise<void> => run(deps, plan, socketSink(socket, format));
  return { status: 101, headers, upgrade: { protocol: asked.protocol, subprotocol, run: converse } };
}

/** A JSON stream is labelled as JSON, others say that they are streams. */
function streamType({ representation: { format } }: CollectionTarget): string {
  return format === 'json' ? contentTypes.json : `${contentTypes[format]};stream=watch`;
}

/** The deprecated `/watch/…/<name>` paths select one object by its name. */
function withName(options: ListOptions, name: string): ListOptions {
  if (name === '' || selectedName(options) !== undefined) return options;
  return {
    ...options,
    fields: { requirements: [...options.fields.requirements, { field: 'metadata.name', operator: '=', value: name }] },
  };
}

interface Plan {
  readonly target: CollectionTarget;
  readonly options: ListOptions;
  readonly start: Start;
  readonly writer: EventWriter;
  readonly seconds: number;
}

function readStart(store: ObjectReader, options: ListOptions): Start {
  const version = resourceVersionOf(options.resourceVersion);
  const head = store.head();
  if (options.sendInitialEvents === true) {
    return { present: true, after: head, refusal: version > head ? tooLargeVersion(version, head) : undefined };
  }
  const unset = options.resourceVersion === '' || version === 0;
  if (unset) return { present: options.sendInitialEvents === undefined, after: head, refusal: undefined };
  return { present: false, after: version, refusal: undefined };
}

async function run(deps: WatchDeps, plan: Plan, sink: Sink): Promise<void> {
  const { start, writer, target, options } = plan;
  // a list cannot stand in an event: the original notices at the first one and ends the watch without a word
  if (target.representation.transform?.kind === 'PartialObjectMetadataList') return;
  if (start.refusal) return void sink.write(writer.error(start.refusal));
  const present = start.present ? await presentEvents(deps.store, plan, sink) : undefined;
  // what follows is told as it happens, and is whose work it is that makes it happen
  target.exchange.seat?.release();
  if (sink.closed) return;
  const session = new WatchSession({
    target,
    writer,
    sink,
    definitions: deps.definitions,
    allowBookmarks: options.allowBookmarks,
    name: selectedName(options),
    seconds: plan.seconds,
  });
  await session.run(deps.store, present ?? start.after);
}

/** Writes the present as ADDED events; the revision that they show. */
async function presentEvents(store: ObjectReader, { target, options, writer }: Plan, sink: Sink): Promise<number> {
  const now = { ...options, limit: 0, continue: '', resourceVersion: '', match: '' } as const;
  const listing = await collect(store, target, { options: now, match: writer.match });
  for (const stored of listing.objects) {
    if (sink.closed) break;
    if (sink.write(await writer.added(stored))) continue;
    // it waits for the client: that is no work
    target.exchange.seat?.release();
    await sink.drained();
  }
  if (options.sendInitialEvents === true && options.allowBookmarks) {
    const annotations = { 'k8s.io/initial-events-end': 'true' };
    sink.write(writer.bookmark(listing.revision, annotations));
  }
  return listing.revision;
}
