import { isArray, isObject, type Json, own } from '@kcp/api-machinery';
import type { FilterOperator, JsonPath, PathNode, SliceNode } from './json-path.ts';

/** What could not be applied to a value: a slice of a text, an index out of bounds. */
export class PathError extends Error {
  override readonly name = 'PathError';
}

/** More values than this are not collected: `..` over a large object stays bounded. */
const RESULT_LIMIT = 10_000;

/** All values that a path finds; missing keys find nothing. Throws PathError where a step does not fit a value. */
export function find(path: JsonPath, value: Json): readonly Json[] {
  return walk(path.nodes, [value]);
}

/** The first value that a path finds; undefined where there is none or a step does not fit. */
export function findFirst(path: JsonPath, value: Json): Json | undefined {
  try {
    return walk(path.nodes, [value])[0];
  } catch (error) {
    if (error instanceof PathError) return undefined;
    throw error;
  }
}

function walk(nodes: readonly PathNode[], values: readonly Json[]): readonly Json[] {
  let current = values;
  for (const node of nodes) current = step(node, current);
  return current;
}

function step(node: PathNode, values: readonly Json[]): readonly Json[] {
  switch (node.kind) {
    case 'field':
      return values.flatMap((value) => field(value, node.name));
    case 'wildcard':
      return values.flatMap(children);
    case 'recursive':
      return descend(values, []);
    case 'slice':
      return values.flatMap((value) => slice(value, node));
    case 'union':
      return node.paths.flatMap((nodes) => walk(nodes, values));
    case 'literal':
      return values.map(() => node.value);
    case 'filter':
      return values.flatMap((value) => filter(value, node));
    default:
      return node satisfies never;
  }
}

function field(value: Json, name: string): readonly Json[] {
  const member = isObject(value) ? own(value, name) : undefined;
  return member === undefined ? [] : [member];
}

function children(value: Json): readonly Json[] {
  if (isArray(value)) return value;
  if (!isObject(value)) return [];
  return Object.keys(value)
    .sort()
    .flatMap((key) => field(value, key));
}

function descend(values: readonly Json[], found: Json[]): readonly Json[] {
  for (const value of values) {
    if (found.length >= RESULT_LIMIT) throw new PathError('too many results');
    const below = children(value);
    if (below.length === 0) continue;
    found.push(value);
    descend(below, found);
  }
  return found;
}

function slice(value: Json, { from = 0, to, isIndex, step: every = 1 }: SliceNode): readonly Json[] {
  if (value === null) return [];
  if (!isArray(value)) throw new PathError('not array or slice');
  const length = value.length;
  const start = from < 0 ? from + length : from;
  let end = to ?? length;
  if (end < 0 || (end === 0 && isIndex)) end += length;
  if (start === end) return [];
  if (start < 0 || start >= length || end < 0 || end > length || start > end) {
    throw new PathError(`array index out of bounds: index ${start}, length ${length}`);
  }
  if (every <= 0) throw new PathError('step must be > 0');
  const picked = value.slice(start, end);
  return every === 1 ? picked : picked.filter((_, at) => at % every === 0);
}

function filter(value: Json, { left, compare: comparison }: Extract<PathNode, { kind: 'filter' }>): readonly Json[] {
  if (!isArray(value)) throw new PathError('not array or slice and cannot be filtered');
  if (comparison === undefined) return value.filter((item) => walk(left, [item]).length > 0);
  return value.filter((item) => {
    const [a, b] = [walk(left, [item]), walk(comparison.right, [item])];
    if (a.length > 1 || b.length > 1) throw new PathError('can only compare one element at a time');
    return a[0] !== undefined && b[0] !== undefined && HOLDS[comparison.operator](compare(a[0], b[0]));
  });
}

const HOLDS: Readonly<Record<FilterOperator, (order: number) => boolean>> = {
  '==': (order) => order === 0,
  '!=': (order) => order !== 0,
  '<': (order) => order < 0,
  '<=': (order) => order <= 0,
  '>': (order) => order > 0,
  '>=': (order) => order >= 0,
};

/** Negative, zero or positive; only values of one type can be compared. */
function compare(a: Json, b: Json): number {
  if (typeof a === 'string' && typeof b === 'string') return a < b ? -1 : Number(a > b);
  if (isNumber(a) && isNumber(b)) return a < b ? -1 : Number(a > b);
  if (typeof a === 'boolean' && typeof b === 'boolean') return Number(a) - Number(b);
  throw new PathError('incompatible types for comparison');
}

function isNumber(value: Json): value is number | bigint {
  return typeof value === 'number' || typeof value === 'bigint';
}
