import { expect, it } from '@jest/globals';
import { parseGoBool } from './go-bool.ts';

it.each([
  [true, ['1', 't', 'T', 'TRUE', 'true', 'True']],
  [false, ['0', 'f', 'F', 'FALSE', 'false', 'False']],
  [undefined, ['', 'yes', 'no', 'tRUE', ' true', '01']],
])('%s is read as Go reads it', (value, texts) => {
  expect(texts.map(parseGoBool)).toEqual(texts.map(() => value));
});
