import type { Json, JsonObject } from '@kcp/api-machinery';
import { isArray, isObject, objectsAt } from '@kcp/api-machinery';

/** What was written up to `revision` was written at or before `at`, in milliseconds since 1970. */
export interface WriteTime {
  readonly at: number;
  readonly revision: number;
}

/** What a note of write times is made with. */
export interface NoteOptions {
  readonly now: number;
  /** The newest revision of any write so far; 0 where there was none. */
  readonly revision: number;
  /** Of notes that are older only the newest is kept. */
  readonly before: number;
}

/**
 * Notes which revision is reached now. Notes ascend in both; a revision that was noted before keeps its earlier time. Notes from
 * the future, of a clock that was set back, are forgotten: what they told of counts as written now.
 */
export function noteWrites(times: readonly WriteTime[], { now, revision, before }: NoteOptions): readonly WriteTime[] {
  const past = times.filter(({ at }) => at <= now);
  const newest = past.at(-1)?.revision ?? 0;
  const noted = revision > newest ? [...past, { at: now, revision }] : past;
  const last = noted.findLastIndex(({ at }) => at <= before);
  return last > 0 ? noted.slice(last) : noted;
}

/** The newest revision that is known to be written at or before a time; 0 where none is. */
export function writtenBy(times: readonly WriteTime[], time: number): number {
  return times.findLast(({ at }) => at <= time)?.revision ?? 0;
}

/** How notes are stored. */
export function encodeTimes(times: readonly WriteTime[]): Json {
  return times.map(({ at, revision }) => ({ at, revision }));
}

/** Reads the notes of a stored object; none where they are not what was written. */
export function decodeTimes(object: JsonObject): readonly WriteTime[] {
  if (!isArray(object['times'])) return [];
  const times: WriteTime[] = [];
  for (const { at, revision } of objectsAt(object, 'times').filter(isObject)) {
    if (typeof at !== 'number' || typeof revision !== 'number') return [];
    const last = times.at(-1);
    if (last !== undefined && (at < last.at || revision <= last.revision)) return [];
    times.push({ at, revision });
  }
  return times;
}
