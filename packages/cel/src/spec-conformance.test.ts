import { describe, expect, it } from '@jest/globals';
import { Environment } from './check/environment.ts';
import { compile } from './compile.ts';
import { bindingsLibrary, encodersLibrary, twoVariableLibrary } from './library/extensions.ts';
import { mathLibrary } from './library/math.ts';
import { optionalLibrary } from './library/optional.ts';
import { standardLibrary } from './library/standard.ts';
import { latestStringsLibrary } from './library/strings.ts';
import { blockLibrary } from './testing/block-library.ts';
import {
  asFields,
  bindingsOf,
  declarationsOf,
  functionsOf,
  specCases,
  typeFrom,
  valueOf,
} from './testing/spec-case.ts';
import type { SpecCase } from './testing/spec-case.ts';
import { equalValues } from './values/equal.ts';
import { CelType } from './values/type.ts';
import { Double, Uint, typeOf } from './values/value.ts';
import type { Value } from './values/value.ts';

const libraries = [
  standardLibrary,
  optionalLibrary,
  latestStringsLibrary,
  mathLibrary,
  encodersLibrary,
  bindingsLibrary,
  twoVariableLibrary,
  blockLibrary,
];
const base = new Environment({ libraries });

function environmentOf(test: SpecCase['test']): Environment {
  const functions = functionsOf(test);
  const container = typeof test['container'] === 'string' ? test['container'] : '';
  const variables = declarationsOf(test);
  if (functions.length === 0) return base.extend({ variables, container });
  return new Environment({ libraries: [...libraries, { name: 'declared', functions }], variables, container });
}

/** Unlike `==`, a case tells int from double, and NaN is NaN. */
function same(a: Value, b: Value): boolean {
  if (a instanceof Double && b instanceof Double) return Object.is(a.value, b.value) || a.value === b.value;
  if (a instanceof CelType || b instanceof CelType)
    return a instanceof CelType && b instanceof CelType && a.name === b.name;
  if (a instanceof Uint !== b instanceof Uint || a instanceof Double !== b instanceof Double) return false;
  return typeOf(a) === typeOf(b) && equalValues(a, b);
}

function show(value: Value): string {
  return `${typeOf(value).name} ${JSON.stringify(value, (_, inner) => (typeof inner === 'bigint' ? String(inner) : inner))}`;
}

/** What went wrong, if anything. */
function failure({ test }: SpecCase): string | undefined {
  const env = environmentOf(test);
  const wantsError = test['evalError'] !== undefined;
  const compiled = compile(test.expr, env, { check: test['disableCheck'] !== true });
  if (!compiled.ok) return wantsError ? undefined : compiled.text;
  const typed = asFields(test['typedResult']);
  if (typed['deducedType'] !== undefined) {
    const wanted = typeFrom(typed['deducedType']);
    if (!wanted.equals(compiled.compilation.type))
      return `type ${compiled.compilation.type.toString()}, wanted ${wanted.toString()}`;
  }
  if (test['checkOnly'] === true) return undefined;
  const outcome = compiled.compilation.program.run(bindingsOf(test));
  if (!outcome.ok) return wantsError ? undefined : outcome.error.message;
  if (wantsError) return `value ${show(outcome.value)}, wanted an error`;
  const wanted = valueOf(test['value'] ?? typed['result'] ?? { boolValue: true });
  return same(outcome.value, wanted) ? undefined : `got ${show(outcome.value)}, wanted ${show(wanted)}`;
}

const suites = Map.groupBy(specCases(), (each) => each.suite);

describe('the specification', () => {
  it.each([...suites.keys()])('%s: every case that needs no protobuf message', (suite) => {
    const failures = (suites.get(suite) ?? []).flatMap((each) => {
      const wrong = failure(each);
      return wrong === undefined ? [] : [`${each.path}: ${each.test.expr} → ${wrong}`];
    });
    expect(failures).toEqual([]);
  });

  it('is looked at in full', () => {
    expect(specCases().length).toBeGreaterThanOrEqual(1634);
  });
});
