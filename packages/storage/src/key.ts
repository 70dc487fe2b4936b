/** A key longer than this, in UTF-8, is refused; what every engine can index together with a revision. */
export const MAX_KEY_BYTES = 1_500;

const SLASH = 47;

/** Where the `count`-th slash of a text stands, or -1. */
const slash = (text: string, count: number): number => {
  let at = -1;
  for (let seen = 0; seen < count; seen += 1) {
    at = text.indexOf('/', at + 1);
    if (at < 0) return -1;
  }
  return at;
};

/** The scopes whose changes an engine can find without reading those of others. */
export interface KeyScopes {
  /** `/<group>/<resource>/` */
  readonly resource: string;
  /** `/<group>/<resource>/<cluster>/` */
  readonly cluster: string;
}

/** Begins with a slash, has a UTF-8 form, and no NUL, which engines put behind keys. */
const isText = (key: string): boolean => key.charCodeAt(0) === SLASH && key.isWellFormed() && !key.includes('\0');

/** The scopes of a key `/<group>/<resource>/<cluster>/<rest>`. Throws TypeError for a text that is no such key. */
export const scopesOf = (key: string): KeyScopes => {
  const third = slash(key, 3);
  const fourth = third < 0 ? -1 : key.indexOf('/', third + 1);
  if (fourth < 0 || fourth === key.length - 1 || !isText(key)) {
    throw new TypeError(`not a storage key: ${JSON.stringify(key)}`);
  }
  return { resource: key.slice(0, third + 1), cluster: key.slice(0, fourth + 1) };
};

/** The narrowest scope that holds every key with this prefix; undefined where it spans several resources. */
export const scopeOfPrefix = (prefix: string): string | undefined => {
  const third = slash(prefix, 3);
  if (third < 0) return undefined;
  const fourth = prefix.indexOf('/', third + 1);
  return prefix.slice(0, (fourth < 0 ? third : fourth) + 1);
};

/** Throws TypeError unless a prefix is exactly a resource's or a cluster's scope. */
export const assertScope = (prefix: string): void => {
  if (prefix.length === 0 || scopeOfPrefix(prefix) !== prefix) {
    throw new TypeError(`neither /<group>/<resource>/ nor /<group>/<resource>/<cluster>/: ${JSON.stringify(prefix)}`);
  }
};

/**
 * Orders keys by their UTF-8 bytes. JavaScript's own order differs from it only where a surrogate pair (above U+FFFF) meets
 * a unit from U+E000 to U+FFFF.
 */
export const compareKeys = (left: string, right: string): number => {
  const length = Math.min(left.length, right.length);
  for (let at = 0; at < length; at += 1) {
    const a = left.charCodeAt(at);
    const b = right.charCodeAt(at);
    if (a !== b) return rank(a) - rank(b);
  }
  return left.length - right.length;
};

/** Puts surrogates above every other unit. */
const rank = (unit: number): number => (unit >= 0xd800 && unit < 0xe000 ? unit + 0x10000 : unit);
