import { objectAt, objectsAt } from '@kcp/api-machinery';
import { lifecycleName, type FoundType } from '../type/workspace-type.ts';
import { BINDINGS_INITIALIZER } from '../well-known.ts';

/** What a logical cluster of a type waits for before it is ready, and before it goes. */
export interface Lifecycle {
  readonly initializers: readonly string[];
  readonly terminators: readonly string[];
}

/** From the type and all that it extends, in their order (kcp's LogicalClustersInitializers). */
export function lifecycleOf(types: readonly FoundType[]): Lifecycle {
  const having = (field: string): readonly string[] =>
    types.filter(({ object }) => objectAt(object, 'spec')[field] === true).map(lifecycleName);
  const binds = types.some(({ object }) => objectsAt(objectAt(object, 'spec'), 'defaultAPIBindings').length > 0);
  return {
    initializers: [...having('initializer'), ...(binds ? [BINDINGS_INITIALIZER] : [])],
    terminators: having('terminator'),
  };
}
