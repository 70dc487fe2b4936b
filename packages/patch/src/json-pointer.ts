/** A JSON pointer cut into its keys (RFC 6901); undefined for a text without a slash, which names the whole document at most. */
export function parsePointer(text: string): readonly string[] | undefined {
  const parts = text.split('/');
  if (parts.length < 2) return undefined;
  return parts.slice(1).map((part) => (part.includes('~') ? part.replaceAll('~1', '/').replaceAll('~0', '~') : part));
}

/**
 * The index that a key names in a list of `length` items: a whole number, negative ones from the end on, as
 * evanphx/json-patch has it. Undefined where the key names none.
 */
export function parseIndex(key: string, length: number): number | undefined {
  if (!/^[+-]?\d{1,15}$/.test(key)) return undefined;
  const index = Number(key) + (key.startsWith('-') && Number(key) !== 0 ? length : 0);
  return index >= 0 && index < length ? index + 0 : undefined;
}
