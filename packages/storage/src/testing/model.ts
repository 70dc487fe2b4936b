import type { Change, ChangesOptions, Page, RangeOptions, Revision, Row } from '../backend.ts';

const bytewise = (left: string, right: string): number => Buffer.compare(Buffer.from(left), Buffer.from(right));

/** The contract in its plainest form: every change ever heard, searched from the start for every question. */
export class Model {
  readonly #heard: Change[] = [];

  hear(changes: readonly Change[]): void {
    this.#heard.push(...changes);
  }

  get(key: string, at: Revision): Row | undefined {
    const change = this.#heard.findLast((candidate) => candidate.key === key && candidate.revision <= at);
    return change?.value === undefined ? undefined : { key, revision: change.revision, value: change.value };
  }

  range({ prefix, after, limit = Infinity }: RangeOptions, at: Revision): Page {
    const keys = [...new Set(this.#heard.map(({ key }) => key))]
      .filter((key) => key.startsWith(prefix) && (after === undefined || bytewise(key, after) > 0))
      .sort(bytewise);
    const rows = keys.flatMap((key) => this.get(key, at) ?? []);
    return { rows: rows.slice(0, limit), more: rows.length > limit, revision: at };
  }

  changes({ prefix, after, upTo, limit }: ChangesOptions): { changes: readonly Change[]; more: boolean } {
    const all = this.#heard.filter(
      ({ key, revision }) => key.startsWith(prefix) && revision > after && revision <= upTo,
    );
    return { changes: all.slice(0, limit), more: all.length > limit };
  }

  newest(prefix: string, at: Revision): Revision {
    return this.#heard.findLast(({ key, revision }) => key.startsWith(prefix) && revision <= at)?.revision ?? 0;
  }

  /** The revisions that were heard of. */
  revisions(): readonly Revision[] {
    return this.#heard.map(({ revision }) => revision);
  }
}
