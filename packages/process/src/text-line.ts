/** A JSON log line as a person reads it: `2026-11-23T10:00:00.000Z INFO  message name=value`; stacks on lines of their own. */
export function textLine(line: string): string {
  const { level, time, message, ...fields }: Record<string, unknown> = JSON.parse(line);
  const stacks: string[] = [];
  const shown = Object.entries(fields).map(([name, value]) => {
    if (!isShownError(value)) return ` ${name}=${shownValue(value)}`;
    stacks.push(value.stack);
    return ` ${name}=${shownValue(value.message)}`;
  });
  const head = `${String(time)} ${String(level).toUpperCase().padEnd(5)} ${String(message)}`;
  return [head + shown.join(''), ...stacks, ''].join('\n');
}

function shownValue(value: unknown): string {
  const text = typeof value === 'string' ? value : JSON.stringify(value);
  return /^[^\s"=]+$/.test(text) ? text : JSON.stringify(text);
}

function isShownError(value: unknown): value is { message: string; stack: string } {
  return typeof value === 'object' && value !== null && 'stack' in value && typeof value.stack === 'string';
}
