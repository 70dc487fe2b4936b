import { declare } from '../check/declaration.ts';
import type { Library } from '../check/declaration.ts';
import { Operator } from '../syntax/ast.ts';
import { optionalMacros } from '../syntax/standard-macros.ts';
import { asList, asOptional } from '../values/expect.ts';
import { Fault } from '../values/fault.ts';
import { optionalType, types } from '../values/type.ts';
import { ArrayList, Double, itemsOf, ListValue, MapValue, Optional, Uint } from '../values/value.ts';
import type { Value } from '../values/value.ts';
import { Duration } from '../values/time.ts';

function isZero(value: Value): boolean {
  if (value === null || value === false || value === 0 || value === '') return true;
  if (value instanceof Double) return value.value === 0;
  if (value instanceof Uint) return value.value === 0n;
  if (value instanceof Uint8Array) return value.length === 0;
  if (value instanceof Duration) return value.nanos === 0n;
  if (value instanceof ListValue || value instanceof MapValue) return value.size === 0;
  return value instanceof Optional && value.value === undefined;
}

function valueOf(value: Value | undefined): Value {
  const found = asOptional(value).value;
  if (found === undefined) throw new Fault('optional.none() dereference');
  return found;
}

function unwrapAll(value: Value | undefined): Value {
  const items = itemsOf(asList(value)).map((item) => asOptional(item).value);
  return new ArrayList(items.filter((item) => item !== undefined));
}

function end(at: 0 | -1): (list: Value | undefined) => Value {
  return (value) => {
    const list = asList(value);
    return list.size === 0 ? Optional.none : new Optional(list.at(at === 0 ? 0 : list.size - 1));
  };
}

/** Optional values: `optional.of(x)`, `a.?b`, `a[?b]`, `[?a]`, `or`, `orValue`, `optMap` (cel-go version 2). */
export const optionalLibrary: Library = {
  name: 'optional',
  optionalSyntax: true,
  macros: optionalMacros,
  types: [optionalType(types.dyn)],
  functions: [
    declare('optional.of', ['optional_of', '(V) -> optional(V)', (a = null) => new Optional(a)]),
    declare('optional.ofNonZeroValue', [
      'optional_ofNonZeroValue',
      '(V) -> optional(V)',
      (a = null) => (isZero(a) ? Optional.none : new Optional(a)),
    ]),
    declare('optional.none', ['optional_none', '() -> optional(V)', () => Optional.none]),
    declare('optional.unwrap', ['optional_unwrap', '(list(optional(V))) -> list(V)', unwrapAll]),
    declare('unwrapOpt', ['optional_unwrapOpt', 'list(optional(V)).() -> list(V)', unwrapAll]),
    declare('value', ['optional_value', 'optional(V).() -> V', valueOf]),
    declare('hasValue', ['optional_hasValue', 'optional(V).() -> bool', (a) => asOptional(a).value !== undefined]),
    declare('or', ['optional_or_optional', 'optional(V).(optional(V)) -> optional(V)']),
    declare('orValue', ['optional_orValue_value', 'optional(V).(V) -> V']),
    declare('first', ['list_first', 'list(V).() -> optional(V)', end(0)]),
    declare('last', ['list_last', 'list(V).() -> optional(V)', end(-1)]),
    declare(Operator.optionalSelect, ['select_optional_field', '(dyn, string) -> optional(V)']),
    declare(
      Operator.optionalIndex,
      ['list_optindex_optional_int', '(list(V), int) -> optional(V)'],
      ['optional_list_optindex_optional_int', '(optional(list(V)), int) -> optional(V)'],
      ['map_optindex_optional_value', '(map(K, V), K) -> optional(V)'],
      ['optional_map_optindex_optional_value', '(optional(map(K, V)), K) -> optional(V)'],
    ),
    declare(
      Operator.index,
      ['optional_list_index_int', '(optional(list(V)), int) -> optional(V)'],
      ['optional_map_index_value', '(optional(map(K, V)), K) -> optional(V)'],
    ),
  ],
};
