import { sizeOf } from '../run/compare-code.ts';
import { ListValue, MapValue, Optional } from '../values/value.ts';
import type { Value } from '../values/value.ts';

/** A call that was made. */
export interface Call {
  readonly fn: string;
  readonly overload: string;
  readonly args: readonly Value[];
  readonly result: Value;
}

/** What reading one character costs, and one of a pattern (cel-go common/cost.go). */
export const traversalFactor = 0.1;
export const patternFactor = 0.25;

type CallCost = (call: Call) => number;

const traverse: CallCost = ({ args }) => Math.ceil(size(args[0]) * traversalFactor);
const traverseTwice: CallCost = ({ args }) => Math.ceil(size(args[0]) * 2 * traversalFactor);
const walkItems: CallCost = ({ args }) => walk(args[0] ?? null);
const pattern: CallCost = ({ args }) =>
  Math.ceil((1 + size(args[0])) * traversalFactor) * Math.ceil(size(args[1]) * patternFactor);
const concatenate: CallCost = ({ args }) => Math.ceil((size(args[0]) + size(args[1])) * traversalFactor);
const selector: CallCost = ({ args }) => {
  const length = size(args[1]);
  return 10 + Math.ceil(length * traversalFactor) + Math.ceil(Math.ceil(length * 0.5) * 50);
};

/** Longest pattern of a named format. */
const formatPattern = 128;

/** By function: Kubernetes' library/cost.go. */
const byFunction: ReadonlyMap<string, CallCost> = new Map<string, CallCost>([
  ['check', () => 350_000],
  ['fieldSelector', selector],
  ['labelSelector', selector],
  ...['isSorted', 'sum', 'max', 'min', 'indexOf', 'lastIndexOf', 'includes'].map(named(walkItems)),
  ...['url', 'lowerAscii', 'upperAscii', 'substring', 'trim', 'jsonpatch.escapeKey'].map(named(traverse)),
  ...['cidr', 'isIP', 'isCIDR', 'quantity', 'isQuantity', 'semver', 'isSemver'].map(named(traverse)),
  ...['replace', 'split', 'ip.isCanonical'].map(named(traverseTwice)),
  ['join', ({ result }) => Math.ceil(size(result) * 2 * traversalFactor)],
  ['find', pattern],
  ['findAll', pattern],
  ['ip', (call) => (call.overload === 'cidr_ip' ? 1 : traverse(call))],
  ['containsIP', (call) => contains(call, 0, 'cidr_contains_ip_string')],
  ['containsCIDR', (call) => contains(call, 1, 'cidr_contains_cidr_string')],
  [
    'validate',
    ({ args }) => Math.ceil((1 + size(args[1])) * traversalFactor) * Math.ceil(formatPattern * patternFactor),
  ],
]);

/** By overload: cel-go's interpreter/runtimecost.go and the extensions' own trackers. */
const byOverload: ReadonlyMap<string, CallCost> = new Map<string, CallCost>([
  ...[
    'starts_with_string',
    'ends_with_string',
    'string_to_bytes',
    'bytes_to_string',
    'strings_quote',
    'string_format',
  ].map(named(traverse)),
  ['in_list', ({ args }) => size(args[1])],
  ['add_string', concatenate],
  ['add_bytes', concatenate],
  ['matches', pattern],
  ['matches_string', pattern],
  [
    'contains_string',
    ({ args }) => Math.ceil(size(args[0]) * traversalFactor) * Math.ceil(size(args[1]) * traversalFactor),
  ],
  ...['list_sets_contains_list', 'list_sets_intersects_list'].map(
    named(({ args }) => 1 + size(args[0]) * size(args[1])),
  ),
  ['list_sets_equivalent_list', ({ args }) => 1 + 2 * size(args[0]) * size(args[1])],
]);

/** What a call cost. */
export function actualCost(call: Call): number {
  const cost = byFunction.get(call.fn) ?? byOverload.get(call.overload);
  return cost === undefined ? 1 : cost(call);
}

function named(cost: CallCost): (name: string) => readonly [string, CallCost] {
  return (name) => [name, cost];
}

function contains({ args, overload }: Call, more: number, parsing: string): number {
  const bytes = size(args[0]);
  const parse = overload === parsing ? Math.ceil(size(args[1]) * traversalFactor) : 0;
  const masked = more === 0 ? 0 : Math.ceil(bytes * traversalFactor) + more;
  return Math.ceil(bytes * 2 * traversalFactor) + masked + parse;
}

function size(value: Value | undefined): number {
  if (value === undefined) return 1;
  if (value instanceof Optional) return value.value === undefined ? 1 : size(value.value);
  return sizeOf(value);
}

/** The cost of reading all of a value. */
function walk(value: Value): number {
  if (typeof value === 'string' || value instanceof Uint8Array) return Math.floor(value.length * traversalFactor);
  let cost = 0;
  if (value instanceof ListValue) {
    for (let i = 0; i < value.size; i += 1) cost += walk(value.at(i));
    return cost;
  }
  if (!(value instanceof MapValue)) return 1;
  for (const key of value.keys()) cost += walk(key) + walk(value.find(key) ?? null);
  return cost;
}
