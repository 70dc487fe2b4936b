/**
 * Which of two resourceVersions is older: negative, zero, positive; undefined where that cannot be said. They are decimal
 * numbers of any length (KEP-5504, comparable resource versions); what is not is only ever the same or another.
 */
export function compareRevisions(a: string, b: string): number | undefined {
  if (a === b) return 0;
  if (!DECIMAL.test(a) || !DECIMAL.test(b)) return undefined;
  if (a.length !== b.length) return a.length - b.length;
  return a < b ? -1 : 1;
}

const DECIMAL = /^[1-9]\d*$/;
