import type { Revision } from '../backend.ts';
import { scopesOf } from '../key.ts';
import type { IndexKey } from './keys.ts';
import type { Tables } from './tables.ts';

/**
 * Revisions share blocks of the index. Inside a block the entries are ordered by cluster, so that a cluster finds its own; what is written at one time falls into one block, so that a transaction dirties few pages,
 * however many clusters it touches.
 */
const blockOf = ({ block }: Pick<Tables, 'block'>, revision: Revision): number => Math.floor(revision / block);

/** Where the write of a key is found. */
export const indexKey = (tables: Pick<Tables, 'block'>, key: string, revision: Revision): IndexKey => {
  const { resource, cluster } = scopesOf(key);
  return [resource, blockOf(tables, revision), cluster.slice(resource.length), revision];
};

/** `after` < revision <= `upTo`. */
export interface Window {
  readonly after: Revision;
  readonly upTo: Revision;
}

/** The revisions of the writes in a scope, or of all, in order. */
export const revisionsOf = (tables: Tables, scope: string | undefined, window: Window): Iterable<Revision> => {
  if (scope === undefined) return tables.log.getKeys({ start: window.after + 1, end: window.upTo + 1 });
  const upTo = Math.min(window.upTo, tables.newest.get(scope) ?? 0);
  const { resource, cluster } = scopesOf(`${scope}./.`);
  return cluster === scope
    ? ofCluster(tables, [resource, cluster.slice(resource.length)], { ...window, upTo })
    : ofResource(tables, resource, { ...window, upTo });
};

function* ofCluster(
  tables: Tables,
  [resource, cluster]: [string, string],
  { after, upTo }: Window,
): Generator<Revision> {
  for (let block = blockOf(tables, after + 1); block <= blockOf(tables, upTo); block += 1) {
    const start: IndexKey = [resource, block, cluster, after + 1];
    for (const key of tables.index.getKeys({ start, end: [resource, block, cluster, upTo + 1] })) yield key[3];
  }
}

function* ofResource(tables: Tables, resource: string, { after, upTo }: Window): Generator<Revision> {
  const start: IndexKey = [resource, blockOf(tables, after + 1), '', 0];
  let block: Revision[] = [];
  for (const [, , , revision] of tables.index.getKeys({ start, end: [resource, blockOf(tables, upTo) + 1, '', 0] })) {
    if (blockOf(tables, revision) !== blockOf(tables, block[0] ?? revision)) {
      yield* inOrder(block);
      block = [];
    }
    if (revision > after && revision <= upTo) block.push(revision);
  }
  yield* inOrder(block);
}

const inOrder = (revisions: Revision[]): Revision[] => revisions.sort((left, right) => left - right);
