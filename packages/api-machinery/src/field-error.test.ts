import { describe, expect, it } from '@jest/globals';
import {
  aggregate,
  childPath,
  duplicate,
  forbidden,
  internalError,
  invalid,
  itemPath,
  notFoundField,
  notSupported,
  required,
  tooLong,
  tooMany,
  typeInvalid,
} from './field-error.ts';

describe('the text of a field error', () => {
  it.each([
    [required('f'), 'FieldValueRequired', 'Required value'],
    [required('f', 'why'), 'FieldValueRequired', 'Required value: why'],
    [invalid('f', 'x', 'why'), 'FieldValueInvalid', 'Invalid value: "x": why'],
    [invalid('f', 0, 'must be specified'), 'FieldValueInvalid', 'Invalid value: 0: must be specified'],
    [typeInvalid('f', 'string', 'why'), 'FieldValueTypeInvalid', 'Invalid value: "string": why'],
    [forbidden('f', 'why'), 'FieldValueForbidden', 'Forbidden: why'],
    [duplicate('f', 'x'), 'FieldValueDuplicate', 'Duplicate value: "x"'],
    [duplicate('f', { name: 'a' }), 'FieldValueDuplicate', 'Duplicate value: {"name":"a"}'],
    [notFoundField('f', 'x'), 'FieldValueNotFound', 'Not found: "x"'],
    [
      notSupported('f', 'strict', ['', 'Ignore']),
      'FieldValueNotSupported',
      'Unsupported value: "strict": supported values: "", "Ignore"',
    ],
    [notSupported('f', 'x', []), 'FieldValueNotSupported', 'Unsupported value: "x"'],
    [tooLong('f', 10), 'FieldValueTooLong', 'Too long: may not be more than 10 bytes'],
    [tooLong('f', -1), 'FieldValueTooLong', 'Too long: value is too long'],
    [tooLong('f', 1), 'FieldValueTooLong', 'Too long: may not be more than 1 byte'],
    [tooMany('f', 3, 2), 'FieldValueTooMany', 'Too many: 3: must have at most 2 items'],
    [tooMany('f', 2, 1), 'FieldValueTooMany', 'Too many: 2: must have at most 1 item'],
    [tooMany('f', 2, -1), 'FieldValueTooMany', 'Too many: 2: has too many items'],
    [internalError('f', 'why'), 'InternalError', 'Internal error: why'],
  ])('%j', (error, type, message) => {
    expect(error).toEqual({ type, field: 'f', message });
  });
});

describe('paths', () => {
  it('are written as users write them', () => {
    expect(childPath('', 'spec')).toBe('spec');
    expect(childPath(itemPath(childPath('spec', 'ports'), 0), 'name')).toBe('spec.ports[0].name');
    expect(itemPath('data', 'a.b')).toBe('data[a.b]');
  });
});

describe('several errors as one text', () => {
  it('stand in brackets, each once', () => {
    const [a, b] = [required('a'), required('b')];
    expect(aggregate([a])).toBe('a: Required value');
    expect(aggregate([a, a])).toBe('a: Required value');
    expect(aggregate([a, b, a])).toBe('[a: Required value, b: Required value]');
  });
});
