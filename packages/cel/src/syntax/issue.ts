import type { Source } from './source.ts';

/** One thing wrong with an expression, found before it runs. */
export interface Issue {
  readonly message: string;
  /** Code points from the start, -1 where it concerns the whole. */
  readonly offset: number;
}

/** How many issues of one expression are told (cel-go reports 100). */
export const maxIssues = 100;

/** Issues as cel-go shows them: place, message, the line and a mark under it, sorted by place. */
export function formatIssues(issues: readonly Issue[], source: Source): string {
  const sorted = [...issues].sort((a, b) => a.offset - b.offset);
  const shown = sorted.slice(0, maxIssues).map((issue) => formatIssue(issue, source));
  if (sorted.length > maxIssues) shown.push(`${sorted.length - maxIssues} more errors were truncated`);
  return shown.join('\n');
}

function formatIssue(issue: Issue, source: Source): string {
  const at = source.location(issue.offset);
  const head = `ERROR: <input>:${at.line}:${at.column + 1}: ${issue.message}`;
  const line = source.line(at.line)?.replaceAll('\t', ' ');
  if (line === undefined || line.length > 16_384) return head;
  const points = Array.from(line);
  const dots = points.slice(0, at.column).map((point) => (isWide(point) ? '．' : '.'));
  const mark = isWide(points[at.column] ?? ' ') ? '＾' : '^';
  return `${head}\n | ${line}\n | ${dots.join('')}${mark}`;
}

function isWide(point: string): boolean {
  return (point.codePointAt(0) ?? 0) > 0x7f;
}
