import { declare } from '../check/declaration.ts';
import type { Library } from '../check/declaration.ts';
import { standardMacros } from '../syntax/standard-macros.ts';
import { asString } from '../values/expect.ts';
import { listType, mapType, types } from '../values/type.ts';
import { calendarFunctions } from './calendar.ts';
import { conversionFunctions } from './conversions.ts';
import { operatorFunctions } from './operators.ts';
import { pattern } from '../values/pattern.ts';

/** The language itself: operators, conversions, strings, times, standard macros. */
export const standardLibrary: Library = {
  name: 'standard',
  macros: standardMacros,
  types: [
    types.bool,
    types.bytes,
    types.double,
    types.duration,
    types.int,
    types.null,
    types.string,
    types.timestamp,
    types.type,
    types.uint,
    listType(types.dyn),
    mapType(types.dyn, types.dyn),
  ],
  functions: [
    ...operatorFunctions,
    ...conversionFunctions,
    ...calendarFunctions,
    declare('contains', ['contains_string', 'string.(string) -> bool', (a, b) => asString(a).includes(asString(b))]),
    declare('startsWith', [
      'starts_with_string',
      'string.(string) -> bool',
      (a, b) => asString(a).startsWith(asString(b)),
    ]),
    declare('endsWith', ['ends_with_string', 'string.(string) -> bool', (a, b) => asString(a).endsWith(asString(b))]),
    declare(
      'matches',
      ['matches', '(string, string) -> bool', (a, b) => pattern(asString(b)).matcher(asString(a)).find()],
      ['matches_string', 'string.(string) -> bool', (a, b) => pattern(asString(b)).matcher(asString(a)).find()],
    ),
  ],
};
