import { describe, expect, it } from '@jest/globals';
import { ApiError } from '@kcp/api-machinery';
import { Query, readWriteOptions } from './query.ts';

function refusal(act: () => unknown): ApiError {
  try {
    act();
  } catch (error) {
    if (error instanceof ApiError) return error;
  }
  throw new Error('was not refused');
}

describe('Query', () => {
  it('decodes names and values, keeps several of one name', () => {
    const query = Query.parse('a=1&a=2&label%20x=y+z&flag&__proto__=p');
    expect(query.all('a')).toEqual(['1', '2']);
    expect(query.text('label x')).toBe('y z');
    expect(query.has('flag')).toBe(true);
    expect(query.text('__proto__')).toBe('p');
    expect(query.text('constructor')).toBe('');
  });

  it('reads booleans as metav1 does: only 0 and false are false', () => {
    for (const [text, expected] of [
      ['watch=1', true],
      ['watch=yes', true],
      ['watch=', true],
      ['watch=0', false],
      ['watch=False', false],
      ['', false],
    ] as const) {
      expect(Query.parse(text).flag('watch')).toBe(expected);
    }
  });

  it('reads integers and refuses the rest in the words of strconv', () => {
    expect(Query.parse('limit=5').integer('limit')).toBe(5);
    expect(Query.parse('').integer('limit')).toBeUndefined();
    expect(refusal(() => Query.parse('limit=1.5').integer('limit'))).toMatchObject({
      code: 400,
      message: 'strconv.ParseInt: parsing "1.5": invalid syntax',
    });
  });

  it('leaves an escape that is none as it stands', () => {
    expect(Query.parse('a=%zz').text('a')).toBe('%zz');
  });
});

describe('readWriteOptions', () => {
  it('warns about unknown fields by default', () => {
    expect(readWriteOptions(Query.parse(''), 'CreateOptions')).toEqual({
      dryRun: false,
      fieldManager: '',
      fieldValidation: 'Warn',
    });
  });

  it.each([
    ['dryRun=true', 'dryRun: Unsupported value: ["true"]: supported values: "All"'],
    [
      'fieldValidation=strict',
      'fieldValidation: Unsupported value: "strict": supported values: "", "Ignore", "Strict", "Warn"',
    ],
    ['fieldManager=a%0Ab', 'fieldManager: Invalid value: "a\\nb": invalid character U+000A (at position 1)'],
    [`fieldManager=${'a'.repeat(129)}`, 'fieldManager: Too long: may not be more than 128 bytes'],
  ])('refuses %s', (query, text) => {
    expect(refusal(() => readWriteOptions(Query.parse(query), 'PatchOptions'))).toMatchObject({
      code: 422,
      message: `PatchOptions.meta.k8s.io "" is invalid: ${text}`,
    });
  });
});
