import { RE2JS } from 're2js';

/** A tenant's pattern, ready to be matched in linear time; `error` says why it is none. */
export interface Pattern {
  readonly source: string;
  readonly error: string | undefined;
  /** True where the text holds a match, anchors aside anywhere in it; false for a pattern that is none. */
  test(text: string): boolean;
}

/** Patterns kept compiled; one takes some kilobytes. */
const MAX_PATTERNS = 2048;
/** Longer patterns are compiled for their caller alone. */
const MAX_KEPT_LENGTH = 4096;

const kept = new Map<string, Pattern>();

/** Compiles a pattern in Go's syntax (RE2). Equal patterns of any schema share what is compiled while it is kept. */
export function compilePattern(source: string): Pattern {
  const known = kept.get(source);
  if (known !== undefined) {
    kept.delete(source);
    kept.set(source, known);
    return known;
  }
  const pattern = compile(source);
  if (source.length <= MAX_KEPT_LENGTH) keep(source, pattern);
  return pattern;
}

function keep(source: string, pattern: Pattern): void {
  if (kept.size >= MAX_PATTERNS) {
    const [oldest] = kept.keys();
    if (oldest !== undefined) kept.delete(oldest);
  }
  kept.set(source, pattern);
}

function compile(source: string): Pattern {
  try {
    const expression = RE2JS.compile(source);
    return { source, error: undefined, test: (text) => expression.test(text) };
  } catch (error) {
    return { source, error: error instanceof Error ? error.message : String(error), test: () => false };
  }
}
