import { declare } from '../check/declaration.ts';
import type { FunctionDeclaration, Implementation, Library } from '../check/declaration.ts';
import { compareValues } from '../values/compare.ts';
import { equalValues } from '../values/equal.ts';
import { asDouble, asIndex, asInstance, asInt, asList, asString, asUint } from '../values/expect.ts';
import { Fault } from '../values/fault.ts';
import { addInt, uint } from '../values/number.ts';
import { Duration } from '../values/time.ts';
import { ArrayList, Double, itemsOf } from '../values/value.ts';
import type { Value } from '../values/value.ts';
import { pattern } from '../values/pattern.ts';

const ordered = ['int', 'uint', 'double', 'bool', 'duration', 'timestamp', 'string', 'bytes'] as const;

function forEachType(
  name: string,
  id: (type: string) => string,
  result: (type: string) => string,
  run: Implementation,
): FunctionDeclaration {
  return declare(name, ...ordered.map((type) => [id(type), `list(${type}).() -> ${result(type)}`, run] as const));
}

function isSorted(list: Value | undefined): boolean {
  const items = itemsOf(asList(list));
  return items.every((item, i) => i === 0 || (compareValues(items[i - 1] ?? null, item) ?? 1) <= 0);
}

function extreme(name: string, sign: number): Implementation {
  return (list) => {
    const [first, ...rest] = itemsOf(asList(list));
    if (first === undefined) throw new Fault(`${name} called on empty list`);
    return rest.reduce((best, item) => (compareValues(item, best) === sign ? item : best), first);
  };
}

function indexOf(list: Value | undefined, item: Value | undefined): Value {
  return itemsOf(asList(list)).findIndex((each) => equalValues(each, item ?? null));
}

function lastIndexOf(list: Value | undefined, item: Value | undefined): Value {
  return itemsOf(asList(list)).findLastIndex((each) => equalValues(each, item ?? null));
}

function sum(zero: Value, add: (a: Value, b: Value) => Value): Implementation {
  return (list) => itemsOf(asList(list)).reduce(add, zero);
}

/** Lists that can be ordered, summed and searched (k8s.io/apiserver/pkg/cel/library lists.go). */
export const kubernetesListsLibrary: Library = {
  name: 'kubernetes.lists',
  functions: [
    forEachType(
      'isSorted',
      (type) => `list_${type}_is_sorted_bool`,
      () => 'bool',
      isSorted,
    ),
    declare(
      'sum',
      ['list_int_sum_int', 'list(int).() -> int', sum(0, (a, b) => addInt(asInt(a), asInt(b)))],
      ['list_uint_sum_uint', 'list(uint).() -> uint', sum(uint(0n), (a, b) => uint(asUint(a) + asUint(b)))],
      [
        'list_double_sum_double',
        'list(double).() -> double',
        sum(new Double(0), (a, b) => new Double(asDouble(a) + asDouble(b))),
      ],
      [
        'list_duration_sum_duration',
        'list(duration).() -> duration',
        sum(new Duration(0n), (a, b) => Duration.of(asInstance(Duration, a).nanos + asInstance(Duration, b).nanos)),
      ],
    ),
    forEachType(
      'max',
      (type) => `list_${type}_max_${type}`,
      (type) => type,
      extreme('max', 1),
    ),
    forEachType(
      'min',
      (type) => `list_${type}_min_${type}`,
      (type) => type,
      extreme('min', -1),
    ),
    declare('indexOf', ['list_a_index_of_int', 'list(A).(A) -> int', indexOf]),
    declare('lastIndexOf', ['list_a_last_index_of_int', 'list(A).(A) -> int', lastIndexOf]),
  ],
};

function findAll(text: string, expression: string, limit: number): Value {
  const out: Value[] = [];
  const matcher = pattern(expression).matcher(text);
  const enough = limit < 0 ? Infinity : limit;
  for (let i = 0; i < enough && matcher.find(); i += 1) out.push(matcher.group() ?? '');
  return new ArrayList(out);
}

/** find and findAll, in linear time (k8s.io/apiserver/pkg/cel/library regex.go). */
export const regexLibrary: Library = {
  name: 'kubernetes.regex',
  functions: [
    declare('find', [
      'string_find_string',
      'string.(string) -> string',
      (a, b) => {
        const matcher = pattern(asString(b)).matcher(asString(a));
        return matcher.find() ? (matcher.group() ?? '') : '';
      },
    ]),
    declare(
      'findAll',
      ['string_find_all_string', 'string.(string) -> list(string)', (a, b) => findAll(asString(a), asString(b), -1)],
      [
        'string_find_all_string_int',
        'string.(string, int) -> list(string)',
        (a, b, c) => findAll(asString(a), asString(b), asIndex(c)),
      ],
    ),
  ],
};
