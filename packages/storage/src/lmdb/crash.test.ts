import { describe, it } from '@jest/globals';
import { killAndCheck } from './testing/crash.ts';

describe('kill -9 while 64 writers work', () => {
  it('loses nothing that was acknowledged, and revisions never go back, twice', () => killAndCheck(2));
});
