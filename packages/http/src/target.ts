/** Path and query of a request's target, as sent. */
export interface Target {
  readonly path: string;
  /** Without the `?`. */
  readonly query: string;
}

/** What a request without a usable target is logged as. */
export const noTarget: Target = { path: '', query: '' };

const absoluteForm = /^https?:\/\/[^/?#]+(?=\/)/i;
const blankOrControl = /[\x00-\x20\x7f]/;

/**
 * Splits a target at the first `?`; of the absolute form (RFC 9112, 3.2.2) only what follows the authority counts.
 * Undefined where it names no path: `*`, an authority, one with blanks or control characters.
 */
export function readTarget(target: string): Target | undefined {
  const local = target.startsWith('/') ? target : target.replace(absoluteForm, '');
  if (!local.startsWith('/') || blankOrControl.test(local)) return undefined;
  const mark = local.indexOf('?');
  if (mark < 0) return { path: local, query: '' };
  return { path: local.slice(0, mark), query: local.slice(mark + 1) };
}
