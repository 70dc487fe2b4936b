import { describe, expect, it } from '@jest/globals';
import { CsvError, parseCsv } from './csv.ts';

const fields = (text: string) => parseCsv(text).map((record) => record.fields);

describe('CSV', () => {
  it('has a record a line, with or without a last line end, in either style', () => {
    expect(fields('a,b\nc,d')).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
    expect(fields('a,b\r\nc,d\r\n')).toEqual([
      ['a', 'b'],
      ['c', 'd'],
    ]);
    expect(fields('')).toEqual([]);
  });
  it('keeps empty fields and spaces, and skips empty lines', () => {
    expect(fields('a,, b \n\n\n,')).toEqual([
      ['a', '', ' b '],
      ['', ''],
    ]);
    expect(parseCsv('a\n\r\nb').map(({ line }) => line)).toEqual([1, 3]);
  });
  it('has commas, quotes and line ends in quoted fields', () => {
    expect(fields('"a,b","say ""hi""","x\ny"\nz')).toEqual([['a,b', 'say "hi"', 'x\ny'], ['z']]);
    expect(parseCsv('"x\ny"\nz').map(({ line }) => line)).toEqual([1, 3]);
  });
  it('names the line of what is wrong', () => {
    expect(() => parseCsv('a,b\nc,"d')).toThrow(new CsvError(2, 'a quote is missing or too many'));
    expect(() => parseCsv('a\nb\n"c"d')).toThrow('line 3: a quote is missing or too many');
    expect(() => parseCsv('a,b"c')).toThrow('line 1: a bare " in a field without quotes');
  });
});
