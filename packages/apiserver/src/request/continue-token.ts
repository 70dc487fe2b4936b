import { badRequest, isObject, own, parseJson } from '@kcp/api-machinery';

/** Where a list goes on. The key is relative to the request's own prefix, so that a forged one reaches nothing else. */
export interface ContinueToken {
  readonly revision: number;
  /** The page begins after this key. */
  readonly after: string;
}

const VERSION = 'kcp.io/v1';
const KEY = /^[^/\u0000-\u0020]{1,253}(\/[^/\u0000-\u0020]{1,253}){0,2}$/;

/** Writes a token. */
export function formatContinueToken({ revision, after }: ContinueToken): string {
  return Buffer.from(JSON.stringify({ v: VERSION, rv: revision, start: after })).toString('base64url');
}

/** Reads a token that a client sent. Throws BadRequest where it is none of ours. */
export function parseContinueToken(text: string): ContinueToken {
  const value = /^[A-Za-z0-9_-]{1,2048}$/.test(text) ? decode(text) : undefined;
  if (!isObject(value) || own(value, 'v') !== VERSION) throw invalid('invalid token');
  const revision = own(value, 'rv');
  const after = own(value, 'start');
  if (typeof revision !== 'number' || !Number.isSafeInteger(revision) || revision <= 0)
    throw invalid('invalid revision');
  if (typeof after !== 'string' || !KEY.test(after)) throw invalid('invalid start key');
  return { revision, after };
}

function decode(text: string): unknown {
  try {
    return parseJson(Buffer.from(text, 'base64url').toString('utf8'));
  } catch {
    return undefined;
  }
}

function invalid(why: string): Error {
  return badRequest(`invalid continue token: continue key is not valid: ${why}`);
}
