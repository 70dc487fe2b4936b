import { randomBytes, randomUUID } from 'node:crypto';

/** What the world gives, passed as values so that nothing inside asks for it itself. */
export interface Ambient {
  /** In milliseconds since 1970. */
  readonly clock: () => number;
  /** A random UUID. */
  readonly newId: () => string;
  /** A number in [0, 1) that nobody can foretell. */
  readonly random: () => number;
}

/** The process' own clock and randomness. */
export const ambient: Ambient = {
  clock: () => Date.now(),
  newId: () => randomUUID(),
  random: () => randomBytes(4).readUInt32BE() / 2 ** 32,
};
