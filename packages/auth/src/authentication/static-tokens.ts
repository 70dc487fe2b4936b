import type { Authentication, UserInfo } from '../user.ts';
import { tokenDigest } from './bearer.ts';
import type { Bearer } from './bearer.ts';
import { NOBODY } from './combine.ts';
import { CsvError, parseCsv } from './csv.ts';

/** One user of a token file. */
export interface StaticToken {
  readonly token: string;
  readonly user: UserInfo;
}

/** What a token file holds, and what its owner should know of it. */
export interface TokenFile {
  readonly tokens: readonly StaticToken[];
  readonly warnings: readonly string[];
}

/**
 * Reads a --token-auth-file: `token,user name,user uid[,"group 1,group 2"]` a line (authentication/token/tokenfile). Throws
 * CsvError, which names the line; empty and repeated tokens are warnings, the last of repeated ones counts.
 */
export function parseTokenFile(csv: string): TokenFile {
  const tokens = new Map<string, StaticToken>();
  const warnings: string[] = [];
  for (const { line, fields } of parseCsv(csv)) {
    const [token = '', name = '', uid = '', groups = ''] = fields;
    if (fields.length < 3) {
      throw new CsvError(line, `at least 3 columns are needed (token, user name, user uid), found ${fields.length}`);
    }
    if (token === '') {
      warnings.push(`line ${line}: the token is empty, the line is skipped`);
      continue;
    }
    if (tokens.has(token)) warnings.push(`line ${line}: the token was given before, this line replaces it`);
    const list = groups.split(',').filter((group) => group !== '');
    tokens.set(token, { token, user: { name, uid, groups: list, extra: {} } });
  }
  return { tokens: [...tokens.values()], warnings };
}

/** Knows the users of a token file. Takes the file's text (throws CsvError) or tokens that were read already. */
export function staticTokens(tokens: string | readonly StaticToken[]): (bearer: Bearer) => Authentication {
  const list = typeof tokens === 'string' ? parseTokenFile(tokens).tokens : tokens;
  const known = new Map<string, Authentication>(
    list.map(({ token, user }) => [tokenDigest(token), { kind: 'authenticated', user }]),
  );
  return ({ digest }) => known.get(digest) ?? NOBODY;
}
