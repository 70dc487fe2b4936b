import type { Expr } from '../syntax/ast.ts';
import type { CelType } from '../values/type.ts';
import { patternFactor, traversalFactor } from './actual.ts';
import { either, endless, exactly, plus, scaled, times } from './interval.ts';
import type { Interval } from './interval.ts';

/** An operand as estimates see it. */
export interface Operand {
  readonly expr: Expr;
  readonly type: CelType;
  readonly size: Interval;
  /** The size of a list's items; undefined where it is no list. */
  readonly itemSize: Interval | undefined;
}

/** A call: its operands, the target first. */
export interface CallOperands {
  readonly fn: string;
  readonly overload: string;
  readonly target: Operand | undefined;
  readonly args: readonly Operand[];
}

/** What a call costs beyond its operands, and how large its result is. */
export interface CallEstimate {
  readonly cost: Interval;
  readonly size?: Interval;
}

type Estimate = (call: CallOperands) => CallEstimate | undefined;

const nominal: Estimate = () => ({ cost: exactly(1) });
const overTarget: Estimate = ({ target }) =>
  target && { cost: scaled(target.size, traversalFactor), size: target.size };
const overArgument: Estimate = ({ args: [arg] }) => arg && { cost: scaled(arg.size, traversalFactor) };
const addressSize: Interval = { min: 4, max: 16 };
const formatPattern = 128;

function items({ fn, target }: CallOperands): CallEstimate | undefined {
  if (target === undefined) return undefined;
  if (target.itemSize === undefined) {
    return { cost: fn === 'includes' ? target.size : scaled(target.size, traversalFactor) };
  }
  const item = target.type.params[0]?.kind;
  const compare = item === 'string' || item === 'bytes' ? scaled(target.itemSize, traversalFactor) : exactly(0);
  return { cost: times(target.size, plus(exactly(1), compare)) };
}

function replace({ target, args: [part, by] }: CallOperands): CallEstimate | undefined {
  if (target === undefined || part === undefined || by === undefined) return undefined;
  const { size } = target;
  let most = { count: Math.ceil(size.max / part.size.min), kept: 0 };
  if (part.size.min === 0) most = { count: size.max + 1, kept: size.max };
  else if (by.size.max <= part.size.min) most = { count: 0, kept: size.max };
  let least = { count: Math.ceil(size.min / part.size.max), kept: 0 };
  if (part.size.max === 0) least = { count: size.min + 1, kept: size.min };
  else if (part.size.max <= by.size.min) least = { count: 0, kept: size.min };
  const count = { min: least.count, max: Math.min(most.count, endless) };
  const result = plus(times(count, by.size), { min: least.kept, max: most.kept });
  return { cost: scaled(size, 2 * traversalFactor), size: result };
}

function split({ target, args: [, limit] }: CallOperands): CallEstimate | undefined {
  if (target === undefined) return undefined;
  const literal =
    limit?.expr.kind === 'literal' && typeof limit.expr.value === 'number' ? limit.expr.value : target.size.max;
  return { cost: scaled(target.size, 2 * traversalFactor), size: { min: 0, max: literal < 0 ? endless : literal } };
}

function join({ target, args: [separator] }: CallOperands): CallEstimate | undefined {
  if (target === undefined) return undefined;
  let size = times(target.size, target.itemSize ?? exactly(0));
  if (separator !== undefined) {
    const count = { min: Math.max(0, target.size.min - 1), max: Math.max(0, target.size.max - 1) };
    size = plus(size, times(separator.size, count));
  }
  return { cost: scaled(size, traversalFactor), size };
}

function pattern(text: Interval, expression: Interval): Interval {
  return times(scaled(plus(text, exactly(1)), traversalFactor), scaled(expression, patternFactor));
}

function find({ target, args: [expression] }: CallOperands): CallEstimate | undefined {
  if (target === undefined || expression === undefined) return undefined;
  return { cost: pattern(target.size, expression.size), size: { min: 0, max: target.size.max } };
}

function selector({ args: [text] }: CallOperands): CallEstimate | undefined {
  if (text === undefined) return undefined;
  return { cost: plus(exactly(10), scaled(text.size, traversalFactor), scaled(scaled(text.size, 0.5), 50)) };
}

function contains(more: number, parsing: string): Estimate {
  return ({ overload, args: [other] }) => {
    const compared = scaled(plus(addressSize, addressSize), traversalFactor);
    const masked = more === 0 ? exactly(0) : plus(scaled(addressSize, traversalFactor), exactly(more));
    const parsed = overload === parsing && other !== undefined ? scaled(other.size, traversalFactor) : exactly(0);
    return { cost: plus(compared, masked, parsed) };
  };
}

function named(estimate: Estimate): (name: string) => readonly [string, Estimate] {
  return (name) => [name, estimate];
}

/** Functions with one price (library accessors). */
const accessors = [
  'serviceAccount', 'path', 'group', 'resource', 'subresource', 'namespace', 'name', 'allowed', 'reason', 'error', 'errored',
  'masked', 'prefixLength', 'family', 'isUnspecified', 'isLoopback', 'isLinkLocalMulticast', 'isLinkLocalUnicast',
  'isGlobalUnicast', 'format.named', 'sign', 'asInteger', 'isInteger', 'asApproximateFloat', 'isGreaterThan', 'isLessThan',
  'compareTo', 'add', 'sub', 'major', 'minor', 'patch', 'getScheme', 'getHostname', 'getHost', 'getPort', 'getEscapedPath',
  'getQuery',
]; // prettier-ignore

/** By function: Kubernetes' library/cost.go. */
const byFunction: ReadonlyMap<string, Estimate> = new Map<string, Estimate>([
  ...accessors.map(named(nominal)),
  ['check', () => ({ cost: exactly(350_000) })],
  ['fieldSelector', selector],
  ['labelSelector', selector],
  ...['isSorted', 'sum', 'max', 'min', 'indexOf', 'lastIndexOf', 'includes'].map(named(items)),
  [
    'url',
    (call) => ({
      ...overArgument(call),
      cost: overArgument(call)?.cost ?? exactly(1),
      size: call.args[0]?.size ?? exactly(1),
    }),
  ],
  ...['lowerAscii', 'upperAscii', 'substring', 'trim'].map(named(overTarget)),
  ['replace', replace],
  ['split', split],
  ['join', join],
  ['find', find],
  ['findAll', find],
  ...['cidr', 'isIP', 'isCIDR', 'quantity', 'isQuantity', 'semver', 'isSemver'].map(named(overArgument)),
  ['ip', (call) => (call.overload === 'cidr_ip' ? nominal(call) : overArgument(call))],
  ['ip.isCanonical', ({ args: [arg] }) => arg && { cost: scaled(arg.size, 2 * traversalFactor) }],
  ['containsIP', contains(0, 'cidr_contains_ip_string')],
  ['containsCIDR', contains(1, 'cidr_contains_cidr_string')],
  [
    'validate',
    ({ args: [arg] }) => arg && { cost: scaled(scaled(arg.size, traversalFactor), formatPattern * patternFactor) },
  ],
]);

function compare({ args: [a, b] }: CallOperands): CallEstimate | undefined {
  if (a === undefined || b === undefined) return undefined;
  if (a.type.kind === 'opaque' && a.type.equals(b.type) && a.type.name !== 'optional_type') return { cost: exactly(1) };
  const max = Math.min(a.size.max, b.size.max);
  return { cost: scaled({ min: max > 0 ? 1 : 0, max }, traversalFactor) };
}

function concatenate({ args: [a, b] }: CallOperands): CallEstimate | undefined {
  if (a === undefined || b === undefined) return undefined;
  const size = plus(a.size, b.size);
  return { cost: scaled(size, traversalFactor), size };
}

const lessThan = ['less', 'greater', 'less_equals', 'greater_equals'];

/** By overload: cel-go's checker/cost.go. */
const byOverload: ReadonlyMap<string, Estimate> = new Map<string, Estimate>([
  ...lessThan.flatMap((name) => [`${name}_string`, `${name}_bytes`]).map(named(compare)),
  ['equals', compare],
  ['not_equals', compare],
  ['add_string', concatenate],
  ['add_bytes', concatenate],
  ['add_list', ({ args: [a, b] }) => a && b && { cost: exactly(1), size: plus(a.size, b.size) }],
  ['string_format', ({ target }) => target && { cost: scaled(target.size, traversalFactor) }],
  [
    'string_to_bytes',
    ({ args: [a] }) =>
      a && { cost: scaled(a.size, traversalFactor), size: { min: a.size.min, max: Math.min(endless, a.size.max * 4) } },
  ],
  [
    'bytes_to_string',
    ({ args: [a] }) => a && { cost: scaled(a.size, traversalFactor), size: { min: a.size.min / 4, max: a.size.max } },
  ],
  [
    'strings_quote',
    ({ args: [a] }) =>
      a && {
        cost: scaled(a.size, traversalFactor),
        size: { min: a.size.min + 2, max: Math.min(endless, a.size.max * 2 + 2) },
      },
  ],
  ['starts_with_string', overArgument],
  ['ends_with_string', overArgument],
  ['in_list', ({ args: [, list] }) => list && { cost: list.size }],
  ['matches_string', ({ target, args: [arg] }) => target && arg && { cost: pattern(target.size, arg.size) }],
  [
    'contains_string',
    ({ target, args: [arg] }) =>
      target && arg && { cost: times(scaled(target.size, traversalFactor), scaled(arg.size, traversalFactor)) },
  ],
  ...['list_sets_contains_list', 'list_sets_intersects_list'].map(
    named(({ args: [a, b] }) => a && b && { cost: plus(exactly(1), times(a.size, b.size)) }),
  ),
  [
    'list_sets_equivalent_list',
    ({ args: [a, b] }) => a && b && { cost: plus(exactly(1), times(exactly(2), times(a.size, b.size))) },
  ],
  ['conditional', ({ args: [, yes, no] }) => yes && no && { cost: exactly(0), size: either(yes.size, no.size) }],
]);

/** Estimates a call of one overload. */
export function estimateCall(call: CallOperands): CallEstimate {
  return byFunction.get(call.fn)?.(call) ?? byOverload.get(call.overload)?.(call) ?? { cost: exactly(1) };
}
