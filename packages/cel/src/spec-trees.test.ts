import { tests as checking } from '@bufbuild/cel-spec/testdata/checking.js';
import { tests as comprehension } from '@bufbuild/cel-spec/testdata/comprehension.js';
import { tests as parsing } from '@bufbuild/cel-spec/testdata/parsing.js';
import { describe, expect, it } from '@jest/globals';
import { check } from './check/checker.ts';
import { declare } from './check/declaration.ts';
import { Environment } from './check/environment.ts';
import { standardLibrary } from './library/standard.ts';
import { optionalLibrary } from './library/optional.ts';
import { parse } from './syntax/parser.ts';
import { adornChecked, adornKind, debugString } from './testing/debug-string.ts';
import { declarationsOf, flatten, functionsOf, specCases } from './testing/spec-case.ts';
import type { SpecCase } from './testing/spec-case.ts';
import { types } from './values/type.ts';

/** What cel-go's own checker tests declare. */
const declared = {
  name: 'declared',
  functions: [declare('fg_s', ['fg_s_0', '() -> string']), declare('fi_s_s', ['fi_s_s_0', 'string.() -> string'])],
};
const variables = Object.entries({
  is: types.string,
  ii: types.int,
  iu: types.uint,
  iz: types.bool,
  ib: types.bytes,
  id: types.double,
  ix: types.null,
}).map(([name, type]) => ({ name, type }));

/** The trees were made with optional syntax, but without the macros of optional values. */
const base = { libraries: [standardLibrary, { ...optionalLibrary, macros: [] }, declared] };

function environmentOf(test: SpecCase['test']): Environment {
  const container = typeof test['container'] === 'string' ? test['container'] : '';
  const libraries = [...base.libraries, { name: 'case', functions: functionsOf(test) }];
  return new Environment({ libraries, container, variables: [...variables, ...declarationsOf(test)] });
}

function parseFailure({ test, ast }: SpecCase): string | undefined {
  const { expr, issues } = parse(test.expr, environmentOf(test).syntax);
  if (ast === undefined) return expr === undefined ? undefined : 'parsed, wanted an error';
  if (expr === undefined) return issues.map((issue) => issue.message).join('; ');
  const found = debugString(expr, adornKind);
  return found === ast ? undefined : `got ${found}\nwanted ${ast}`;
}

function checkFailure({ test, checkedAst }: SpecCase): string | undefined {
  const env = environmentOf(test);
  const { expr } = parse(test.expr, env.syntax);
  if (expr === undefined) return 'not parsed';
  const checked = check(expr, env);
  if (checked.issues.length > 0) return checked.issues.map((issue) => issue.message).join('; ');
  const found = debugString(expr, adornChecked(checked), checked);
  return found === checkedAst ? undefined : `got ${found}\nwanted ${checkedAst}`;
}

function failures(cases: readonly SpecCase[], judge: (each: SpecCase) => string | undefined): readonly string[] {
  return cases.flatMap((each) => {
    const wrong = judge(each);
    return wrong === undefined ? [] : [`${each.test.expr} → ${wrong}`];
  });
}

const suites = { parsing, checking, comprehension };
const messages = /TestAllTypes|google\.|NestedEnum|proto[23]|Proto2Message|messageType|objectValue|wrapper/;

describe('the trees of cel-go', () => {
  it.each(Object.entries(suites))('%s: every expression has the tree that cel-go parses', (_, suite) => {
    const cases = flatten(suite, []).filter(({ test, ast }) => ast !== undefined || test.expr.includes('\u0000'));
    expect(failures(cases, parseFailure)).toEqual([]);
  });

  it.each(Object.entries(suites))('%s: every node has the type and overloads that cel-go finds', (_, suite) => {
    const cases = flatten(suite, []).filter(({ test, checkedAst }) => {
      return checkedAst !== undefined && !messages.test(JSON.stringify([test, checkedAst]));
    });
    expect(failures(cases, checkFailure)).toEqual([]);
  });

  it('conformance: every expression has the tree that cel-go parses', () => {
    const cases = specCases().filter(({ ast }) => ast !== undefined);
    expect(failures(cases, parseFailure)).toEqual([]);
  });
});
