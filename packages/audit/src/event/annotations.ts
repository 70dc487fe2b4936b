/** The most annotations of one request; further ones are dropped. */
const MOST = 100;
/** The longest value, in characters; what is longer is cut. */
const LONGEST = 8 * 1024;

/** What the parts of the server say of a request beside what the event has by itself. The first word on a key counts. */
export class Annotations {
  readonly #values = new Map<string, string>();

  /** Says something. False where the key has another value already, or there are too many. */
  add(key: string, value: string): boolean {
    const bounded = value.length > LONGEST ? `${value.slice(0, LONGEST)}...TRUNCATED` : value;
    const known = this.#values.get(key);
    if (known !== undefined) return known === bounded;
    if (this.#values.size >= MOST) return false;
    this.#values.set(key, bounded);
    return true;
  }

  /** All of them as they are now, sorted by key. */
  sorted(): readonly (readonly [string, string])[] {
    return [...this.#values].sort(([a], [b]) => (a < b ? -1 : 1));
  }
}
