import { describe, expect, it } from '@jest/globals';
import { ApiError } from './api-error.ts';
import { formatFieldSelector, matchesFields, parseFieldSelector, requiredField } from './field-selector.ts';

const FIELDS: Record<string, string> = { 'metadata.name': 'plain', type: 'Opaque', odd: 'a,b=c\\d' };

function matches(text: string): boolean {
  return matchesFields(parseFieldSelector(text), (field) => FIELDS[field] ?? '');
}

describe('a field selector', () => {
  it.each([
    ['', true],
    [',', true],
    ['=', true],
    ['metadata.name=plain', true],
    ['metadata.name==plain', true],
    ['metadata.name!=plain', false],
    ['metadata.name=plain,metadata.name=odd', false],
    ['metadata.name!=x,metadata.name!=y', true],
    ['type=Opaque,metadata.name=plain', true],
    ['none=', true],
    ['none!=', false],
    ['odd=a\\,b\\=c\\\\d', true],
    ['metadata.name=', false],
  ])('%j matches: %s', (text, expected) => {
    expect(matches(text)).toBe(expected);
  });

  it.each([
    ['type', "invalid selector: 'type'; can't understand 'type'"],
    ['type in (Opaque)', "invalid selector: 'type in (Opaque)'; can't understand 'type in (Opaque)'"],
    ['metadata.name=plain\\n', 'invalid field selector: invalid escape sequence: \\n'],
    ['metadata.name=plain\\', 'invalid field selector: invalid escape sequence: \\'],
    ['a=b=c', 'invalid field selector: unescaped character in value: 61'],
    ['b=1,a', "invalid selector: 'b=1,a'; can't understand 'a'"],
  ])('%j is refused', (text, message) => {
    expect(() => parseFieldSelector(text)).toThrow(new ApiError('BadRequest', message));
  });

  it('keeps spaces as part of the field', () => {
    expect(parseFieldSelector(' type=Opaque').requirements).toEqual([
      { field: ' type', operator: '=', value: 'Opaque' },
    ]);
  });

  it('says which value it asks of a field', () => {
    const selector = parseFieldSelector('metadata.name=a,type!=b');
    expect(requiredField(selector, 'metadata.name')).toBe('a');
    expect(requiredField(selector, 'type')).toBeUndefined();
  });

  it('is written as it is read', () => {
    const text = 'a=x\\,y,b!=\\\\';
    expect(formatFieldSelector(parseFieldSelector(text))).toBe(text);
  });
});
