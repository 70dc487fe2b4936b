const ALPHABET = /^[A-Za-z0-9+/]*={0,2}$/;

/** Standard base64 as Go reads it: padding required, line breaks ignored. The canonical text, or undefined. */
export function canonicalBase64(text: string): string | undefined {
  const bare = /[\r\n]/.test(text) ? text.replace(/[\r\n]/g, '') : text;
  if (bare.length % 4 !== 0 || !ALPHABET.test(bare)) return undefined;
  return bare;
}
