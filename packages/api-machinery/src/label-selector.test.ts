import { describe, expect, it } from '@jest/globals';
import { ApiError } from './api-error.ts';
import { parseLabelSelector } from './label-selector-parser.ts';
import {
  everything,
  formatLabelSelector,
  matchesLabels,
  nothing,
  selectorFromLabelSelector,
} from './label-selector.ts';

const OBJECTS: Record<string, Record<string, string> | undefined> = {
  one: { env: 'prod', weight: '5', 'example.com/team': 'red' },
  two: { env: 'dev', weight: '10' },
  three: { env: '', weight: 'heavy' },
  four: undefined,
  five: { env: 'prod', 'example.com/team': 'blue', in: 'yes' },
};

function selected(text: string): string {
  const selector = parseLabelSelector(text);
  return Object.keys(OBJECTS)
    .filter((name) => matchesLabels(selector, OBJECTS[name]))
    .join(' ');
}

function refusal(text: string): string {
  try {
    return `accepted: ${formatLabelSelector(parseLabelSelector(text))}`;
  } catch (error) {
    expect(error).toBeInstanceOf(ApiError);
    expect((error as ApiError).code).toBe(400);
    return (error as ApiError).message;
  }
}

describe('a label selector selects', () => {
  it.each([
    ['', 'one two three four five'],
    ['env=prod', 'one five'],
    ['env==prod', 'one five'],
    ['env!=prod', 'two three four'],
    ['env in (prod,dev)', 'one two five'],
    ['env notin (prod, dev)', 'three four'],
    ['env', 'one two three five'],
    ['!env', 'four'],
    ['!  env', 'four'],
    ['env=', 'three'],
    ['env!=', 'one two four five'],
    ['env in ()', 'three'],
    ['env in (prod,)', 'one three five'],
    ['env in (,prod)', 'one three five'],
    ['env in (prod,,dev)', 'one two three five'],
    ['env notin ()', 'one two four five'],
    ['env=prod,example.com/team=red', 'one'],
    ['env,!weight', 'five'],
    [' env = prod , weight ', 'one'],
    ['env=prod,env=dev', ''],
    ['weight>5', 'two'],
    ['weight<10', 'one'],
    ['weight>4,weight<6', 'one'],
    ['in=yes', 'five'],
    ['in in (yes)', 'five'],
    ['missing!=x', 'one two three four five'],
    ['weight in (5, 10),env notin (dev)', 'one'],
    ['env\t=\nprod', 'one five'],
    ['env=prod\0,weight', 'one five'],
  ])('%j: %s', (text, names) => {
    expect(selected(text)).toBe(names);
  });
});

const LABEL_RULE =
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyValue',  or 'my_value',  or '12345', regex used for validation is '(([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9])?')";
const KEY_RULE =
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character (e.g. 'MyName',  or 'my.name',  or '123-abc', regex used for validation is '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]')";

describe('a text that is no label selector is refused', () => {
  it.each([
    [',', "found ',', expected: !, identifier, or 'end of string'"],
    ['=prod', "found '=', expected: !, identifier, or 'end of string'"],
    ['(env)', "found '(', expected: !, identifier, or 'end of string'"],
    ['env=prod,', "found '', expected: identifier after ','"],
    ['env=prod,,weight', "found ',', expected: identifier after ','"],
    ['env in', "unable to parse requirement: found '' expected: '('"],
    ['env in prod', "unable to parse requirement: found 'prod' expected: '('"],
    ['env in (prod', "unable to parse requirement: found '', expected: ',' or ')'"],
    ['env in (prod dev)', "unable to parse requirement: found 'dev', expected: ',' or ')'"],
    ['env in (=)', "unable to parse requirement: found '=', expected: ',', ')' or identifier"],
    ['env in (a,=)', "unable to parse requirement: found '=', expected: ',', or identifier"],
    ['env like prod', "unable to parse requirement: found 'like', expected: in, notin, =, ==, !=, gt, lt"],
    ['env=a=b', "found '=', expected: ',' or 'end of string'"],
    ['!', "unable to parse requirement: found '', expected: identifier"],
    ['!env=prod', "found '=', expected: ',' or 'end of string'"],
    ['env=(', "unable to parse requirement: found '(', expected: identifier"],
    ["env='prod'", `unable to parse requirement: values[0][env]: Invalid value: "'prod'": ${LABEL_RULE}`],
    ['env="prod"', `unable to parse requirement: values[0][env]: Invalid value: "\\"prod\\"": ${LABEL_RULE}`],
    [
      'weight>heavy',
      "unable to parse requirement: values[0]: Invalid value: \"heavy\": for 'Gt', 'Lt' operators, the value must be an integer",
    ],
    [
      'weight>99999999999999999999',
      "unable to parse requirement: values[0]: Invalid value: \"99999999999999999999\": for 'Gt', 'Lt' operators, the value must be an integer",
    ],
    ['-env=prod', `unable to parse requirement: <nil>: Invalid value: "-env": name part ${KEY_RULE}`],
    [
      'a/b/c=d',
      `unable to parse requirement: <nil>: Invalid value: "a/b/c": a valid label key ${KEY_RULE} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`,
    ],
    [
      `env=${'v'.repeat(64)}`,
      `unable to parse requirement: values[0][env]: Invalid value: "${'v'.repeat(64)}": must be no more than 63 bytes`,
    ],
    [
      `${'k'.repeat(64)}=v`,
      `unable to parse requirement: <nil>: Invalid value: "${'k'.repeat(64)}": name part must be no more than 63 bytes`,
    ],
  ])('%j', (text, message) => {
    expect(refusal(text)).toBe(message);
  });
});

describe('a label selector as text', () => {
  it.each([
    ['b=1,a', 'a,b=1'],
    ['x in (foo,,baz),y,z notin ()', 'x in (,baz,foo),y,z notin ()'],
    ['!a,b==c,d!=e,f>1,g<2', '!a,b==c,d!=e,f>1,g<2'],
  ])('%j is written %j', (text, written) => {
    expect(formatLabelSelector(parseLabelSelector(text))).toBe(written);
    expect(formatLabelSelector(parseLabelSelector(written))).toBe(written);
  });
});

describe('a metav1.LabelSelector', () => {
  it('matches nothing where it is absent and everything where it is empty', () => {
    expect(selectorFromLabelSelector(undefined)).toBe(nothing);
    expect(matchesLabels(nothing, { a: 'b' })).toBe(false);
    expect(matchesLabels(nothing, undefined)).toBe(false);
    expect(selectorFromLabelSelector({})).toEqual(everything);
    expect(matchesLabels(everything, undefined)).toBe(true);
  });

  it('joins matchLabels and matchExpressions', () => {
    const selector = selectorFromLabelSelector({
      matchLabels: { tier: 'web' },
      matchExpressions: [
        { key: 'env', operator: 'In', values: ['prod', 'dev'] },
        { key: 'old', operator: 'DoesNotExist' },
        { key: 'name', operator: 'Exists', values: [] },
        { key: 'zone', operator: 'NotIn', values: ['x'] },
      ],
    });
    expect(formatLabelSelector(selector)).toBe('env in (dev,prod),name,!old,tier=web,zone notin (x)');
    expect(matchesLabels(selector, { tier: 'web', env: 'dev', name: '' })).toBe(true);
    expect(matchesLabels(selector, { tier: 'web', env: 'dev', name: '', zone: 'x' })).toBe(false);
  });

  it.each([
    [{ key: 'a', operator: 'Like' }, '"Like" is not a valid label selector operator'],
    [
      { key: 'a', operator: 'In', values: [] },
      "values: Invalid value: []: for 'in', 'notin' operators, values set can't be empty",
    ],
    [
      { key: 'a', operator: 'Exists', values: ['b'] },
      'values: Invalid value: ["b"]: values set must be empty for exists and does not exist',
    ],
    [{ key: '-', operator: 'Exists' }, `key: Invalid value: "-": name part ${KEY_RULE}`],
  ])('refuses %j', (expression, message) => {
    expect(() => selectorFromLabelSelector({ matchExpressions: [expression] })).toThrow(
      new ApiError('BadRequest', message),
    );
  });
});

describe('keys that JavaScript reserves', () => {
  it('are labels like any other, and never read from a prototype', () => {
    expect(matchesLabels(parseLabelSelector('constructor'), {})).toBe(false);
    expect(matchesLabels(parseLabelSelector('toString!=x'), {})).toBe(true);
    const labels = JSON.parse('{"constructor":"yes"}') as Record<string, string>;
    expect(matchesLabels(parseLabelSelector('constructor=yes'), labels)).toBe(true);
  });
});
