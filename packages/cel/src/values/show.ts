import { formatDouble } from './number.ts';
import { Double, Uint } from './value.ts';
import type { Value } from './value.ts';

/** A key or index as messages show it. */
export function showKey(key: Value): string {
  if (key instanceof Double) return formatDouble(key.value);
  if (key instanceof Uint) return String(key.value);
  return typeof key === 'object' && key !== null ? key.constructor.name : String(key);
}
