import type { Backend, CommitResult, Revision, Row, Write } from '../backend.ts';

/** Opens an empty backend, or a copy that a backend of this kind wrote into a folder. The suite closes it. */
export type OpenBackend = (snapshot?: string) => Promise<Backend>;

export const bytes = (text: string): Uint8Array => Buffer.from(text);
export const text = (value: Uint8Array | undefined): string | undefined =>
  value === undefined ? undefined : Buffer.from(value).toString();

export const put = (key: string, value = 'value'): Write => ({ kind: 'put', key, value: bytes(value) });
export const remove = (key: string): Write => ({ kind: 'delete', key });

/** A row with its bytes as text, to compare. */
export const plain = (row: Row | undefined): readonly [string, Revision, string | undefined] | undefined =>
  row === undefined ? undefined : [row.key, row.revision, text(row.value)];

export const keysOf = (rows: readonly Row[]): readonly string[] => rows.map(({ key }) => key);

/** The revisions of a commit that must have happened. */
export const revisionsOf = (result: CommitResult): readonly Revision[] => {
  if (result.kind === 'refused') throw new Error(`refused: ${JSON.stringify(result.condition)}`);
  return result.revisions;
};

/**
 * How an engine gives out revisions: `counted` ones are 1, 2, 3 …, so that a commit's are known when it is asked for; `spread` ones leave gaps between commits, are known when the commit is done, and
 * commits of different keys that are under way together may be decided in any order.
 */
export type Revisions = 'counted' | 'spread';

/** Commits without a condition and returns the last revision. */
export const write = async (backend: Backend, ...writes: readonly Write[]): Promise<Revision> =>
  revisionsOf(await backend.commit([], writes)).at(-1) ?? 0;
