/** Where something is: line from 1, column from 0 in code points; -1:-1 is nowhere. */
export interface Location {
  readonly line: number;
  readonly column: number;
}

/** The text of an expression as code points, with its lines. */
export class Source {
  readonly text: string;
  readonly points: readonly string[];
  readonly #lineStarts: number[] = [0];

  constructor(text: string) {
    this.text = text;
    this.points = isPlain(text) ? text.split('') : Array.from(text);
    this.points.forEach((point, index) => {
      if (point === '\n') this.#lineStarts.push(index + 1);
    });
  }

  /** The location of an offset in code points. */
  location(offset: number): Location {
    if (offset < 0) return { line: -1, column: -1 };
    let line = 0;
    while (line + 1 < this.#lineStarts.length && (this.#lineStarts[line + 1] ?? 0) <= offset) line += 1;
    return { line: line + 1, column: offset - (this.#lineStarts[line] ?? 0) };
  }

  /** A line's text without its end; line counts from 1. */
  line(line: number): string | undefined {
    const start = this.#lineStarts[line - 1];
    if (start === undefined) return undefined;
    const next = this.#lineStarts[line];
    return this.points.slice(start, next === undefined ? undefined : next - 1).join('');
  }
}

function isPlain(text: string): boolean {
  for (let i = 0; i < text.length; i += 1) {
    const unit = text.charCodeAt(i);
    if (unit >= 0xd800 && unit <= 0xdfff) return false;
  }
  return true;
}
