/** The first wait, the longest, and by how much of itself a wait may be longer (k8s.io/client-go tools/cache, reflector). */
const FIRST_MS = 800;
const LONGEST_MS = 30_000;
const JITTER = 1;

/**
 * How long to wait after so many failures in a row (1 for the first), in milliseconds: 0.8 s doubling to 30 s, each up to
 * doubled by chance so that clients which lost one server do not come back together. `random` is in [0, 1).
 */
export function backoffMs(failures: number, random: number): number {
  const base = Math.min(FIRST_MS * 2 ** Math.min(failures - 1, 30), LONGEST_MS);
  return Math.min(Math.round(base * (1 + JITTER * random)), LONGEST_MS);
}
