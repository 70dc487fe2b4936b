import type { Findings } from './findings.ts';
import { textFormat } from './formats.ts';
import type { Pattern } from './regular-expression.ts';
import { compilePattern } from './regular-expression.ts';
import type { StructuralSchema } from './structural-schema.ts';

/** Longer texts are matched each time. */
const REMEMBERED = 256;

/** Compiles the check of minLength, maxLength, pattern and the format of texts. Returns what it adds to the matches. */
export function compileTextCheck(
  schema: StructuralSchema,
  format: string,
): (value: string, findings: Findings) => number {
  const { maxLength, minLength, pattern: source } = schema;
  const hasFormat = format === '' ? undefined : textFormat(format);
  let pattern: Pattern | undefined;
  // Objects of a kind often say the same: then it need not be matched anew.
  let matched: string | undefined;

  const checkLength = (value: string, findings: Findings): boolean => {
    if (maxLength !== undefined && value.length > maxLength && characters(value) > maxLength) {
      findings.tooLong(maxLength);
      return false;
    }
    if (minLength !== undefined && (value.length < minLength || characters(value) < minLength)) {
      findings.invalid(value, `should be at least ${minLength} chars long`);
      return false;
    }
    return true;
  };
  const checkPattern = (value: string, findings: Findings): void => {
    if (value === matched) return;
    pattern ??= compilePattern(source);
    if (pattern.error !== undefined) {
      findings.invalid(value, `should match '${source}, but pattern is invalid: ${pattern.error}'`);
    } else if (!pattern.test(value)) findings.invalid(value, `should match '${source}'`);
    else if (value.length <= REMEMBERED) matched = value;
  };

  const plain = maxLength === undefined && minLength === undefined;
  if (plain && source === '' && hasFormat === undefined) return () => 1;
  return (value, findings) => {
    if ((plain || checkLength(value, findings)) && source !== '') checkPattern(value, findings);
    if (hasFormat === undefined) return 1;
    if (!hasFormat(value)) findings.wrongType(format, value);
    return 2;
  };
}

/** The number of code points; a surrogate pair is one, a lone surrogate too. */
function characters(text: string): number {
  let count = 0;
  for (let at = 0; at < text.length; at++, count++) {
    const code = text.charCodeAt(at);
    const next = text.charCodeAt(at + 1);
    if (code >= 0xd800 && code < 0xdc00 && next >= 0xdc00 && next < 0xe000) at++;
  }
  return count;
}
