import { listType, mapType, types } from '@kcp/cel';
import type { CelType } from '@kcp/cel';

const PLAIN: ReadonlySet<CelType['kind']> = new Set([
  'any',
  'bool',
  'bytes',
  'double',
  'duration',
  'int',
  'null',
  'string',
  'timestamp',
  'uint',
]);

/** What is known of a variable's type: scalars, lists and maps keep theirs, everything else is dyn (convertCelTypeToDeclType). */
export function variableType(type: CelType | undefined): CelType {
  if (type === undefined) return types.dyn;
  if (PLAIN.has(type.kind) && !type.wrapper) return type;
  const [first, second] = type.params;
  if (type.kind === 'list') return listType(variableType(first));
  if (type.kind === 'map') return mapType(variableType(first), variableType(second));
  return types.dyn;
}
