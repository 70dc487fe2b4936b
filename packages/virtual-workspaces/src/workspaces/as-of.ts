import type { EntranceStore } from './entrance.ts';

/** A store as it was at a revision, for decisions that are told as part of the past. Reads throw ApiError Expired where that is forgotten. */
export function asOf(store: EntranceStore, revision: number): EntranceStore {
  return {
    get: (bucket, key) => store.get(bucket, key, revision),
    page: (options) => store.page({ ...options, at: revision }),
    generation: () => revision,
  };
}
