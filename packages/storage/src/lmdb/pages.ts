import type { Tables } from './tables.ts';

/** How the data file is filled, in bytes. */
export interface Filling {
  /** Up to where LMDB has ever used the file. */
  readonly end: number;
  /** Unused below that. */
  readonly free: number;
}

const number = (stats: unknown, name: string): number => {
  const value: unknown = typeof stats === 'object' && stats !== null ? Reflect.get(stats, name) : undefined;
  return typeof value === 'number' ? value : 0;
};

const part = (stats: unknown, name: string): unknown =>
  typeof stats === 'object' && stats !== null ? Reflect.get(stats, name) : undefined;

const pagesOf = (stats: unknown): number =>
  number(stats, 'treeBranchPageCount') + number(stats, 'treeLeafPageCount') + number(stats, 'overflowPages');

const META_PAGES = 2;

/** Up to where LMDB has ever used the data file, in bytes: a small part of what `fillingOf` reads. */
export const endOf = ({ env }: Pick<Tables, 'env'>): number => {
  const root: unknown = env.getStats();
  return (number(root, 'lastPageNumber') + 1) * number(root, 'pageSize');
};

/** Reads LMDB's statistics; some ten microseconds. */
export const fillingOf = ({ env, current, gone, log, index, newest, dictionary, meta }: Tables): Filling => {
  const root: unknown = env.getStats();
  const pageSize = number(root, 'pageSize');
  const pages = number(root, 'lastPageNumber') + 1;
  let used = META_PAGES + pagesOf(root) + pagesOf(part(root, 'free'));
  for (const table of [current, gone, log, index, newest, dictionary, meta]) used += pagesOf(table?.getStats());
  return { end: pages * pageSize, free: Math.max(0, pages - used) * pageSize };
};
