import { RE2JS, RE2JSSyntaxException } from 're2js';
import { Fault } from './fault.ts';

/** How many patterns are kept; expressions mostly use constant ones. */
const capacity = 256;
const cache = new Map<string, RE2JS>();

/** A pattern of RE2, compiled once. Throws Fault where it is none. */
export function pattern(text: string): RE2JS {
  const known = cache.get(text);
  if (known !== undefined) return known;
  const compiled = compilePattern(text);
  const [oldest] = cache.keys();
  if (cache.size >= capacity && oldest !== undefined) cache.delete(oldest);
  cache.set(text, compiled);
  return compiled;
}

function compilePattern(text: string): RE2JS {
  try {
    return RE2JS.compile(text);
  } catch (error) {
    if (error instanceof RE2JSSyntaxException) throw new Fault(`error parsing regexp: ${error.message}`);
    throw error;
  }
}
