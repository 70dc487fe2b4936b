import { isObject, own, parseJson, type Json, type JsonObject } from '@kcp/api-machinery';

/** What can be read of a token before anybody vouches for it. */
export interface UnverifiedToken {
  readonly algorithm: string;
  readonly keyId: string;
  readonly claims: JsonObject;
}

const COMPACT = /^([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]+)\.([A-Za-z0-9_-]*)$/;

/** Takes a compact JWT apart; undefined where the text is none. */
export function readToken(token: string): UnverifiedToken | undefined {
  const match = COMPACT.exec(token);
  const header = match && jsonOf(match[1] ?? '');
  const claims = match && jsonOf(match[2] ?? '');
  if (!header || !claims) return undefined;
  const algorithm = own(header, 'alg');
  const keyId = own(header, 'kid') ?? '';
  if (typeof algorithm !== 'string' || typeof keyId !== 'string') return undefined;
  return { algorithm, keyId, claims };
}

function jsonOf(part: string): JsonObject | undefined {
  let value: Json;
  try {
    value = parseJson(Buffer.from(part, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
  return isObject(value) ? value : undefined;
}
