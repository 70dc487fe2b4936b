import { once } from 'node:events';
import { connect, type ClientHttp2Session } from 'node:http2';
import { isObject, own, parseJson, type JsonObject } from '@kcp/api-machinery';

/** A server, as clients reach it. */
export interface Place {
  readonly url: string;
  readonly authority: string;
  readonly token: string;
}

/** So many watches share a connection. */
const SHARED = 90;

/** HTTP/2 connections to some servers, shared by many watches. */
export class Connections implements Disposable {
  readonly #sessions = new Map<string, { readonly session: ClientHttp2Session; streams: number }[]>();

  /** A connection with room for one more stream. */
  to({ url, authority }: Place): ClientHttp2Session {
    const all = (this.#sessions.get(url) ?? []).filter(({ session }) => !session.destroyed && !session.closed);
    this.#sessions.set(url, all);
    let free = all.find(({ streams }) => streams < SHARED);
    if (free === undefined) {
      free = { session: connect(url, { ca: authority }), streams: 0 };
      free.session.on('error', () => {});
      all.push(free);
    }
    free.streams += 1;
    return free.session;
  }

  [Symbol.dispose](): void {
    for (const { session } of [...this.#sessions.values()].flat()) session.destroy();
  }
}

/** One who watches, and goes to the next server when the connection ends. */
export interface Follower {
  /** `<type> <name> <resourceVersion>` of each event, in the order in which they came. */
  readonly log: string[];
  /** How long it was without a watch at most, in milliseconds. */
  longestGap: number;
  /** Fulfils at the event of an object of this name. */
  readonly done: Promise<void>;
}

/** Watches from a revision on until an object named `end` is told of. */
export function follow(
  connections: Connections,
  places: readonly Place[],
  options: { readonly path: string; readonly from: string; readonly end: string },
): Follower {
  const follower = { log: [] as string[], longestGap: 0, done: Promise.resolve() };
  follower.done = run(connections, places, { ...options, follower });
  return follower;
}

async function run(
  connections: Connections,
  places: readonly Place[],
  options: { readonly path: string; readonly from: string; readonly end: string; readonly follower: Follower },
): Promise<void> {
  const { path, end, follower } = options;
  let { from } = options;
  let lostAt: number | undefined;
  for (let turn = 0; ; turn += 1) {
    const place = places[turn % places.length];
    if (place === undefined) throw new Error('no server');
    const stream = connections.to(place).request({
      ':path': `${path}?watch=true&resourceVersion=${from}`,
      authorization: `Bearer ${place.token}`,
    });
    let rest = '';
    const ended = Promise.withResolvers<boolean>();
    stream.setEncoding('utf8');
    stream.on('response', (headers) => {
      if (headers[':status'] !== 200) return;
      if (lostAt !== undefined) follower.longestGap = Math.max(follower.longestGap, performance.now() - lostAt);
      lostAt = undefined;
    });
    stream.on('data', (text: string) => {
      const lines = (rest + text).split('\n');
      rest = lines.pop() ?? '';
      for (const line of lines) {
        const { type, name, revision } = read(parseJson(line));
        if (type === 'BOOKMARK') continue;
        if (type === 'ERROR') throw new Error(line);
        from = revision;
        if (name === end) ended.resolve(true);
        else follower.log.push(`${type} ${name} ${revision}`);
      }
    });
    stream.on('error', () => ended.resolve(false)).on('close', () => ended.resolve(false));
    if (await ended.promise) {
      stream.close();
      return;
    }
    lostAt ??= performance.now();
    if (turn > 0) await once(AbortSignal.timeout(50), 'abort');
  }
}

function read(event: unknown): { readonly type: string; readonly name: string; readonly revision: string } {
  const object = isObject(event) ? own(event, 'object') : undefined;
  const metadata: JsonObject = isObject(object) && isObject(object['metadata']) ? object['metadata'] : {};
  const text = (value: unknown): string => (typeof value === 'string' ? value : '');
  return {
    type: isObject(event) ? text(event['type']) : '',
    name: text(metadata['name']),
    revision: text(metadata['resourceVersion']),
  };
}
