import { describe, expect, it } from '@jest/globals';
import type { Backend, Change, CommitResult, Revision, Row, Write } from '../backend.ts';
import { Model } from './model.ts';
import type { OpenBackend, Revisions } from './opened.ts';
import { bytes, plain, revisionsOf, text } from './opened.ts';
import type { Random } from './random.ts';
import { randomFrom } from './random.ts';

const SCOPES = ['/g/r/', '/g/r/c/', '/g/r/d/', '/g/r-x/', '//r/', '//r/c/'];
const NAMES = ['a', 'a-b', 'a/b', 'ab', '__proto__', 'constructor', '10', '9', 'é', '\u{fffd}', '\u{10000}'];
const KEYS = ['/g/r/c/', '/g/r/d/', '/g/r-x/c/', '//r/c/'].flatMap((scope) => NAMES.map((name) => scope + name));
const PREFIXES = ['', '/g/', '/g/r/c/a', '/g/r/c/a/', ...SCOPES];

const STEPS = 200;

/** Drives a backend and the model side by side. */
class Drive {
  readonly #backend: Backend;
  readonly #random: Random;
  readonly #model = new Model();
  readonly #revisions: Revisions;
  /** What every key holds once all decided commits are durable. */
  readonly #decided = new Map<string, Promise<Revision> | Revision>();
  readonly #running: Promise<void>[] = [];
  #next = 1;

  constructor(backend: Backend, random: Random, revisions: Revisions) {
    this.#backend = backend;
    this.#random = random;
    this.#revisions = revisions;
  }

  hear(changes: readonly Change[]): void {
    this.#model.hear(changes);
    this.check();
  }

  async run(): Promise<void> {
    for (let step = 0; step < STEPS; step += 1) {
      await this.step();
      this.check();
    }
    await Promise.all(this.#running);
    this.everyRevision();
  }

  async step(): Promise<void> {
    const dice = this.#random.below(20);
    if (dice === 0) await Promise.all(this.#running.splice(0));
    else if (dice === 1) this.#running.push(this.#compact());
    else if (dice < 5) await this.#running.at(-1);
    else this.#running.push((await this.#commit()).done);
  }

  /** Asks one random question of each kind, at a random revision of the window. */
  check(): void {
    const { below, pick } = this.#random;
    const head = this.#backend.head();
    const compacted = this.#backend.compacted();
    const at = compacted + below(head - compacted + 1);
    const prefix = pick(PREFIXES);
    const range = {
      prefix,
      ...(below(2) === 0 ? {} : { after: pick(KEYS) }),
      ...(below(2) === 0 ? {} : { limit: below(8) }),
    };
    this.#checkRange(range, at);
    const key = pick(KEYS);
    expect(plain(this.#backend.get(key))).toEqual(plain(this.#model.get(key, head)));
    expect(plain(this.#backend.get(key, at))).toEqual(plain(this.#model.get(key, at)));
    const scope = pick(SCOPES);
    expect(this.#backend.newest(scope)).toBe(this.#model.newest(scope, head));
    this.#checkChanges({ prefix, after: at, upTo: at + below(head - at + 1), limit: 1 + below(20) });
  }

  everyRevision(): void {
    const compacted = this.#backend.compacted();
    const edges = this.#model.revisions().flatMap((revision) => [revision - 1, revision]);
    for (const at of new Set([compacted, this.#backend.head(), ...edges])) {
      if (at < compacted) continue;
      for (const prefix of PREFIXES) this.#checkRange({ prefix }, at);
      this.#checkChanges({ prefix: '', after: at, upTo: this.#backend.head(), limit: Infinity });
    }
  }

  #checkRange(range: { prefix: string; after?: string; limit?: number }, at: Revision): void {
    const head = this.#backend.head();
    const rows = (found: readonly Row[]) => found.map(plain);
    for (const options of [{ ...range, at }, range]) {
      const expected = this.#model.range(range, 'at' in options ? at : head);
      const page = this.#backend.range(options);
      expect([rows(page.rows), page.more, page.revision]).toEqual([
        rows(expected.rows),
        expected.more,
        expected.revision,
      ]);
      expect(this.#backend.count(options)).toBe(expected.rows.length);
    }
  }

  #checkChanges(options: { prefix: string; after: Revision; upTo: Revision; limit: number }): void {
    const told = ({ key, revision, value, previous }: Change) => [key, revision, text(value), plain(previous)];
    const found = this.#backend.changes(options);
    const expected = this.#model.changes(options);
    expect([found.changes.map(told), found.more]).toEqual([expected.changes.map(told), expected.more]);
  }

  async #compact(): Promise<void> {
    const compacted = this.#backend.compacted();
    await this.#backend.compact(compacted + this.#random.below(this.#backend.head() - compacted + 1));
  }

  /** Commits what is known to succeed, or known to be refused, and checks that it is. */
  async #commit(): Promise<{ readonly done: Promise<void> }> {
    const { below, pick } = this.#random;
    const keys = [...new Set(Array.from({ length: 1 + below(4) }, () => pick(KEYS)))];
    const condition = pick(KEYS);
    const current = await (this.#decided.get(condition) ?? 0);
    const right = below(5) > 0;
    const first = this.#next;
    const writes = keys.map((key, at): Write =>
      below(4) === 0 ? { kind: 'delete', key } : { kind: 'put', key, value: bytes(`${key} at ${first + at}`) },
    );
    const revision = right ? current : current + 1;
    const result = this.#backend.commit([{ kind: 'revision', key: condition, revision }], writes);
    if (!right) return { done: this.#expectRefusal(result, current) };
    this.#next += writes.length;
    const revisions = this.#revisionsOf(result, writes, first);
    for (const [at, write] of writes.entries()) {
      if (write.kind === 'delete') this.#decided.delete(write.key);
      else this.#decided.set(write.key, this.#revisions === 'counted' ? first + at : atOf(revisions, at));
    }
    return { done: this.#expectTold(revisions, writes) };
  }

  async #revisionsOf(
    result: Promise<CommitResult>,
    writes: readonly Write[],
    first: Revision,
  ): Promise<readonly Revision[]> {
    const revisions = revisionsOf(await result);
    const from = this.#revisions === 'counted' ? first : (revisions[0] ?? 0);
    expect(revisions).toEqual(writes.map((_, at) => from + at));
    return revisions;
  }

  async #expectTold(revisions: Promise<readonly Revision[]>, writes: readonly Write[]): Promise<void> {
    for (const [at, revision] of (await revisions).entries()) {
      const write = writes[at];
      if (write?.kind === 'put') {
        expect(plain(this.#model.get(write.key, revision))).toEqual([write.key, revision, text(write.value)]);
      }
    }
  }

  async #expectRefusal(result: Promise<CommitResult>, current: Revision): Promise<void> {
    const outcome = await result;
    expect(outcome.kind).toBe('refused');
    expect(outcome.kind === 'refused' ? (outcome.current?.revision ?? 0) : -1).toBe(current);
  }
}

/** Compares a backend with the model at random revisions, under writes in flight and compaction, then at every revision that is left. */
export const modelSuite = (
  open: OpenBackend,
  { seeds = [1, 2, 3], revisions = 'counted' }: ModelOptions = {},
): void => {
  describe('against a naive model', () => {
    it.each(seeds)('seed %i', async (seed) => {
      await using backend = await open();
      const drive = new Drive(backend, randomFrom(seed), revisions);
      using _ = backend.subscribe((changes) => drive.hear(changes));
      await drive.run();
    });
  });
};

/** How the model is driven. */
export interface ModelOptions {
  readonly seeds?: readonly number[];
  readonly revisions?: Revisions;
}

const atOf = async (revisions: Promise<readonly Revision[]>, at: number): Promise<Revision> =>
  (await revisions)[at] ?? 0;
