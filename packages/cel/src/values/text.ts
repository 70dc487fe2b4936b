const SURROGATE = /[\ud800-\udbff]/;

/** How many code points a string has. */
export function pointCount(text: string): number {
  // most texts have none, which is found out far faster than by a walk
  if (!SURROGATE.test(text)) return text.length;
  let count = text.length;
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    if (unit >= 0xd800 && unit <= 0xdbff && i + 1 < text.length) {
      count -= 1;
      i += 1;
    }
  }
  return count;
}

/** The code points of a string. */
export function pointsOf(text: string): readonly string[] {
  return Array.from(text);
}

/** Whether every UTF-16 unit is a code point, so that indexes need no walk. */
export function isFlat(text: string): boolean {
  return pointCount(text) === text.length;
}

/** Bytes as UTF-8 text; undefined where they are none. */
export function decodeUtf8(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
