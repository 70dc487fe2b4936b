import { describe, expect, it } from '@jest/globals';
import { tokenDigest } from './bearer.ts';
import { parseTokenFile, staticTokens } from './static-tokens.ts';

const bearer = (token: string) => ({ token, digest: tokenDigest(token), audiences: [] });

describe('a token file', () => {
  const known = staticTokens('t1,alice,1,"team-1,team-2"\nt2,bob,2\n__proto__,carol,3,');

  it('gives a token a name, a uid and groups', () => {
    const user = { name: 'alice', uid: '1', groups: ['team-1', 'team-2'], extra: {} };
    expect(known(bearer('t1'))).toEqual({ kind: 'authenticated', user });
    expect(known(bearer('t2'))).toMatchObject({ user: { name: 'bob', groups: [] } });
    expect(known(bearer('__proto__'))).toMatchObject({ user: { name: 'carol', groups: [] } });
  });
  it('says nothing of other tokens', () => {
    for (const token of ['t3', 'T1', 't1 ', '', 'constructor']) expect(known(bearer(token))).toEqual({ kind: 'none' });
  });
  it('gives the same answer again, so that things may be kept by it', () => {
    expect(known(bearer('t1'))).toBe(known(bearer('t1')));
  });
  it('names the line that has too few columns', () => {
    expect(() => staticTokens('t1,alice,1\n\nt2,bob')).toThrow(
      'line 3: at least 3 columns are needed (token, user name, user uid), found 2',
    );
  });
  it('warns of empty and repeated tokens; the last one counts', () => {
    const file = parseTokenFile(',a,1\nt,b,2\nt,c,3');
    expect(file.tokens).toEqual([{ token: 't', user: { name: 'c', uid: '3', groups: [], extra: {} } }]);
    expect(file.warnings).toEqual([
      'line 1: the token is empty, the line is skipped',
      'line 3: the token was given before, this line replaces it',
    ]);
  });
});
