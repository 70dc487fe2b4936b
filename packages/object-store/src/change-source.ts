import type { ChangeSource, Following, FollowListener, ListedChanges } from '@kcp/controller';
import type { Revision } from '@kcp/storage';
import { checkpointStore } from './checkpoint.ts';
import type { Bucket } from './keys.ts';
import type { ObjectChange, ObjectPage, ObjectWriter, Watch, WatchListener } from './object-store.ts';

/** A change as controllers get it; an object that is listed comes as a put without a previous state. */
export type FollowedChange = Pick<ObjectChange, 'kind' | 'object' | 'previous'>;

/** What a controller follows of the store. */
export interface ChangeSourceOptions {
  readonly store: ObjectWriter;
  /** The resources, in all logical clusters; or every resource there is, but none of the rows that the store keeps for itself. */
  readonly buckets: readonly Bucket[] | 'every';
  /** Under which name the checkpoint is kept; the controller's own. */
  readonly checkpointName: string;
}

/** The store as something that controllers follow: all objects of some resources, in all logical clusters. */
export function changeSource({ store, buckets, checkpointName }: ChangeSourceOptions): ChangeSource<FollowedChange> {
  const watched = buckets === 'every' ? [everything(store)] : buckets.map((bucket) => everywhere(store, bucket));
  return {
    head: () => store.head(),
    follow: (after, listener) => new StoreFollowing({ watched, after, listener }),
    list: async (options) => listPage(watched, options),
    checkpoint: checkpointStore(store, checkpointName),
  };
}

/** What is watched and listed as one. */
interface Followed {
  watch(after: Revision, listener: WatchListener): Watch;
  page(options: { readonly after?: string; readonly limit: number }): ObjectPage;
}

function everywhere(store: ObjectWriter, bucket: Bucket): Followed {
  const selection = { bucket, cluster: { kind: 'wildcard' } } as const;
  return {
    watch: (after, listener) => store.watch({ ...selection, after }, listener),
    page: (options) => store.page({ ...selection, ...options }),
  };
}

function everything(store: ObjectWriter): Followed {
  return {
    watch: (after, listener) => store.watchEverything({ after }, listener),
    page: (options) => store.everything(options),
  };
}

/** One watch for each resource; what they are told of together is what the slowest was told of. */
class StoreFollowing implements Following {
  readonly #listener: FollowListener<FollowedChange>;
  readonly #watches: Watch[] = [];
  #told: Revision = 0;
  #isOver = false;

  constructor(options: {
    readonly watched: readonly Followed[];
    readonly after: Revision;
    readonly listener: FollowListener<FollowedChange>;
  }) {
    this.#listener = options.listener;
    try {
      for (const followed of options.watched) this.#watches.push(this.#watch(followed, options.after));
    } catch (error) {
      this[Symbol.dispose]();
      throw error;
    }
  }

  position(): Revision {
    let position = Infinity;
    for (const watch of this.#watches) position = Math.min(position, watch.position());
    return position;
  }

  [Symbol.dispose](): void {
    this.#isOver = true;
    for (const watch of this.#watches) watch[Symbol.dispose]();
  }

  #watch(followed: Followed, after: Revision): Watch {
    return followed.watch(after, {
      event: (change) => this.#listener.change(change.object.revision, change),
      progress: () => this.#progress(),
      lost: (error) => {
        if (this.#isOver) return;
        this[Symbol.dispose]();
        this.#listener.lost(error);
      },
      drained: () => this.#listener.drained(),
    });
  }

  #progress(): void {
    const position = this.position();
    if (position <= this.#told) return;
    this.#told = position;
    this.#listener.progress(position);
  }
}

/** Where a list of several resources goes on: in which of them, after which object. */
interface Place {
  readonly index: number;
  readonly after: string | undefined;
}

function listPage(
  watched: readonly Followed[],
  { after, limit }: { readonly after: string | undefined; readonly limit: number },
): ListedChanges<FollowedChange> {
  const place = after === undefined ? { index: 0, after: undefined } : readPlace(after);
  const followed = watched[place.index];
  if (followed === undefined) return { changes: [], next: undefined };
  const page = followed.page({ limit, ...(place.after !== undefined && { after: place.after }) });
  const changes = page.objects.map((object): FollowedChange => ({ kind: 'put', object, previous: undefined }));
  const next = nextPlace(place, page, watched.length);
  return { changes, next: next && writePlace(next) };
}

function nextPlace({ index }: Place, page: ObjectPage, count: number): Place | undefined {
  if (page.next !== undefined) return { index, after: page.next };
  return index + 1 < count ? { index: index + 1, after: undefined } : undefined;
}

function writePlace({ index, after }: Place): string {
  return after === undefined ? String(index) : `${index} ${after}`;
}

function readPlace(text: string): Place {
  const space = text.indexOf(' ');
  if (space < 0) return { index: Number(text), after: undefined };
  return { index: Number(text.slice(0, space)), after: text.slice(space + 1) };
}
