/** What V8 spends, roughly: an object's header, a member, a string's header, a boxed number (64 bits, compressed pointers off). */
const OBJECT_BYTES = 32;
const MEMBER_BYTES = 8;
const STRING_BYTES = 16;
const NUMBER_BYTES = 12;

/**
 * Freezes a value with everything in it, so that whoever shares it cannot change it, and tells about how many bytes of
 * memory it takes. Goes through the value once.
 */
export function freezeAndMeasure(value: unknown): number {
  if (typeof value === 'string') return STRING_BYTES + value.length;
  if (typeof value === 'number') return Number.isSafeInteger(value) ? 0 : NUMBER_BYTES;
  if (typeof value === 'bigint') return NUMBER_BYTES * 2;
  if (typeof value !== 'object' || value === null) return 0;
  let bytes = OBJECT_BYTES;
  for (const member of Object.values(value)) bytes += MEMBER_BYTES + freezeAndMeasure(member);
  Object.freeze(value);
  return bytes;
}
