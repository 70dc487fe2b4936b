const milliseconds: Readonly<Record<string, number>> = {
  ns: 1e-6,
  us: 1e-3,
  µs: 1e-3,
  ms: 1,
  s: 1_000,
  m: 60_000,
  h: 3_600_000,
};
const part = /(\d+(?:\.\d*)?|\.\d+)(ns|us|µs|ms|s|m|h)/y;

/** Milliseconds of a duration as Go writes it: `1h30m`, `500ms`, `0`. Undefined where it is none, or negative. */
export function parseDuration(text: string): number | undefined {
  if (text === '0') return 0;
  let total = 0;
  part.lastIndex = 0;
  while (part.lastIndex < text.length) {
    const match = part.exec(text);
    if (!match) return undefined;
    total += Number(match[1]) * (milliseconds[match[2] ?? ''] ?? 0);
  }
  return text === '' ? undefined : total;
}
