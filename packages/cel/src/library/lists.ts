import { declare } from '../check/declaration.ts';
import type { FunctionDeclaration, Library } from '../check/declaration.ts';
import type { Expr } from '../syntax/ast.ts';
import { Operator } from '../syntax/ast.ts';
import type { Macro } from '../syntax/macro.ts';
import { bind } from '../syntax/standard-macros.ts';
import { compareValues } from '../values/compare.ts';
import { asIndex, asList } from '../values/expect.ts';
import { Fault } from '../values/fault.ts';
import { Members } from '../values/members.ts';
import { ArrayList, itemsOf, ListValue, typeOf } from '../values/value.ts';
import type { Value } from '../values/value.ts';
import { listContains } from './operators.ts';

/** The most items that `lists.range` makes. */
const maxRange = 1_000_000;

const comparable = ['int', 'uint', 'double', 'bool', 'duration', 'timestamp', 'string', 'bytes'] as const;
const goNames: Readonly<Record<string, string>> = {
  duration: 'google.protobuf.Duration',
  timestamp: 'google.protobuf.Timestamp',
};

function slice(list: Value | undefined, start: number, end: number): Value {
  const items = itemsOf(asList(list));
  if (start < 0 || end < 0) throw new Fault(`cannot slice(${start}, ${end}), negative indexes not supported`);
  if (start > end)
    throw new Fault(`cannot slice(${start}, ${end}), start index must be less than or equal to end index`);
  if (items.length < end) throw new Fault(`cannot slice(${start}, ${end}), list is length ${items.length}`);
  return new ArrayList(items.slice(start, end));
}

function flatten(items: readonly Value[], depth: number): Value[] {
  if (depth < 0) throw new Fault('level must be non-negative');
  return items.flatMap((item) => (item instanceof ListValue && depth > 0 ? flatten(itemsOf(item), depth - 1) : [item]));
}

function range(count: number): Value {
  if (count > maxRange) throw new Fault(`list size exceeds limit: ${maxRange}`);
  return new ArrayList(Array.from({ length: Math.max(0, count) }, (_, i) => i));
}

function distinct(list: Value | undefined): Value {
  const kept: Value[] = [];
  const members = new Members();
  for (const item of itemsOf(asList(list))) {
    if (members.has(item)) continue;
    members.add(item);
    kept.push(item);
  }
  return new ArrayList(kept);
}

function sortBy(list: Value | undefined, keys: Value | undefined): Value {
  const by = itemsOf(asList(keys));
  const items = itemsOf(asList(list));
  const [first] = by;
  if (items.length !== by.length) {
    throw new Fault(
      `@sortByAssociatedKeys() expected a list of the same size as the associated keys list, but got ${items.length} and ${by.length} elements respectively`,
    );
  }
  if (first === undefined) return new ArrayList(items);
  const type = typeOf(first);
  if (by.some((key) => typeOf(key) !== type)) throw new Fault('list elements must have the same type');
  if (!comparable.some((name) => (goNames[name] ?? name) === type.name))
    throw new Fault('list elements must be comparable');
  const order = items.map((item, i) => ({ item, key: by[i] ?? null }));
  order.sort((a, b) => compareValues(a.key, b.key) ?? 0);
  return new ArrayList(order.map(({ item }) => item));
}

/** `list.sortBy(x, key)`: the keys are computed by a `map`, then both are sorted together. */
const sortByMacro: Macro = {
  name: 'sortBy',
  arity: 2,
  receiver: true,
  expand: (make, target, [variable, key]) => {
    if (target === undefined || variable === undefined || key === undefined) return undefined;
    if (!['list', 'select', 'ident', 'fold', 'call'].includes(target.kind)) {
      return {
        error: 'sortBy can only be applied to a list, identifier, comprehension, call or select expression',
        offset: target.offset,
      };
    }
    if (variable.kind !== 'ident') return { error: 'argument must be a simple name', offset: variable.offset };
    const input = '@__sortBy_input__';
    const keys: Expr = make.fold({
      range: make.ident(input),
      iterVar: variable.name,
      init: make.list(),
      condition: make.literal(true),
      step: make.call(Operator.add, make.accu(), make.list(key)),
      result: make.accu(),
      macro: 'map',
    });
    const result = make.method('@sortByAssociatedKeys', make.ident(input), keys);
    return bind(make, { name: input, init: target, result, macro: 'sortBy' });
  },
};

function forEachType(
  name: string,
  id: string,
  signature: (type: string) => string,
  run: FunctionDeclaration['overloads'][number]['run'],
): FunctionDeclaration {
  return declare(
    name,
    ...comparable
      .map((type) => [`list_${goNames[type] ?? type}_${id}`, signature(type), run] as const)
      .map(([a, b, c]) => (c === undefined ? ([a, b] as const) : ([a, b, c] as const))),
  );
}

/** cel-go's lists extension, version 3. */
export const listsLibrary: Library = {
  name: 'lists',
  macros: [sortByMacro],
  functions: [
    declare('slice', ['list_slice', 'list(T).(int, int) -> list(T)', (a, b, c) => slice(a, asIndex(b), asIndex(c))]),
    declare(
      'flatten',
      ['list_flatten', 'list(list(T)).() -> list(T)', (a) => new ArrayList(flatten(itemsOf(asList(a)), 1))],
      [
        'list_flatten_int',
        'list(dyn).(int) -> list(dyn)',
        (a, b) => new ArrayList(flatten(itemsOf(asList(a)), asIndex(b))),
      ],
    ),
    forEachType(
      'sort',
      'sort',
      (type) => `list(${type}).() -> list(${type})`,
      (a) => sortBy(a, a),
    ),
    forEachType(
      '@sortByAssociatedKeys',
      'sortByAssociatedKeys',
      (type) => `list(T).(list(${type})) -> list(T)`,
      sortBy,
    ),
    declare('lists.range', ['lists_range', '(int) -> list(int)', (a) => range(asIndex(a))]),
    declare('reverse', [
      'list_reverse',
      'list(T).() -> list(T)',
      (a) => new ArrayList(itemsOf(asList(a)).toReversed()),
    ]),
    declare('distinct', ['list_distinct', 'list(T).() -> list(T)', distinct]),
  ],
};

function containsAll(list: Value | undefined, items: Value | undefined): boolean {
  return itemsOf(asList(items)).every((item) => listContains(item, list));
}

/** cel-go's sets extension. */
export const setsLibrary: Library = {
  name: 'sets',
  functions: [
    declare('sets.contains', ['list_sets_contains_list', '(list(T), list(T)) -> bool', containsAll]),
    declare('sets.equivalent', [
      'list_sets_equivalent_list',
      '(list(T), list(T)) -> bool',
      (a, b) => containsAll(a, b) && containsAll(b, a),
    ]),
    declare('sets.intersects', [
      'list_sets_intersects_list',
      '(list(T), list(T)) -> bool',
      (a, b) => itemsOf(asList(a)).some((item) => listContains(item, b)),
    ]),
  ],
};
