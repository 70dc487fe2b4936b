import { isArray } from '@kcp/api-machinery';
import type { Json } from '@kcp/api-machinery';

/** A value as Go's `%v` prints it, `map[a:1 b:[x y]]`: messages show patches so. */
export function goValue(value: Json): string {
  if (value === null) return '<nil>';
  if (typeof value !== 'object') return String(value);
  if (isArray(value)) return `[${value.map(goValue).join(' ')}]`;
  const keys = Object.keys(value).sort();
  return `map[${keys.map((key) => `${key}:${goValue(value[key] ?? null)}`).join(' ')}]`;
}
