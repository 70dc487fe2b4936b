const ALPHABET = 'bcdfghjklmnpqrstvwxz2456789';
const SUFFIX_LENGTH = 5;
const MAX_BASE = 63 - SUFFIX_LENGTH;

/** A random whole number from 0 up to, but not including, the limit. */
export type RandomBelow = (limit: number) => number;

/**
 * A name for metadata.generateName: the base, cut to 58 characters, and five that form no words (k8s.io/apiserver
 * storage/names).
 */
export function generateName(base: string, random: RandomBelow): string {
  let name = base.length > MAX_BASE ? base.slice(0, MAX_BASE) : base;
  for (let count = 0; count < SUFFIX_LENGTH; count += 1) name += ALPHABET[random(ALPHABET.length)] ?? '';
  return name;
}
