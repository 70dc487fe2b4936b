/** A line that is no CSV; `line` counts from 1. */
export class CsvError extends Error {
  override readonly name = 'CsvError';
  readonly line: number;

  constructor(line: number, why: string) {
    super(`line ${line}: ${why}`);
    this.line = line;
  }
}

/** One record and the line on which it begins. */
export interface CsvRecord {
  readonly line: number;
  readonly fields: readonly string[];
}

const QUOTED = /"((?:[^"]|"")*)"(,|\r?\n|$)/y;
const PLAIN = /([^",\r\n]*)(,|\r?\n|$)/y;

/**
 * Reads CSV as Go's encoding/csv does: quoted fields may hold commas, doubled quotes and line ends, empty lines are skipped,
 * spaces count. Throws CsvError.
 */
export function parseCsv(text: string): readonly CsvRecord[] {
  const records: CsvRecord[] = [];
  let line = 1;
  let at = 0;
  while (at < text.length) {
    const blank = text.startsWith('\r\n', at) ? 2 : text[at] === '\n' ? 1 : 0;
    if (blank > 0) {
      at += blank;
      line += 1;
      continue;
    }
    const record = readRecord(text, at, line);
    records.push({ line, fields: record.fields });
    line += lineEnds(text, at, record.end);
    at = record.end;
  }
  return records;
}

function readRecord(text: string, start: number, line: number): { fields: string[]; end: number } {
  const fields: string[] = [];
  let at = start;
  for (;;) {
    const quoted = text[at] === '"';
    const pattern = quoted ? QUOTED : PLAIN;
    pattern.lastIndex = at;
    const match = pattern.exec(text);
    if (!match)
      throw new CsvError(
        line + lineEnds(text, start, at),
        quoted ? 'a quote is missing or too many' : 'a bare " in a field without quotes',
      );
    const [whole, field = '', end] = match;
    fields.push(quoted ? field.replaceAll('""', '"') : field);
    at += whole.length;
    if (end !== ',') return { fields, end: at };
  }
}

function lineEnds(text: string, from: number, to: number): number {
  let count = 0;
  for (let at = text.indexOf('\n', from); at >= 0 && at < to; at = text.indexOf('\n', at + 1)) count += 1;
  return count;
}
