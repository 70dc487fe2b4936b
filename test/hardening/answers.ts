import { own } from '@kcp/api-machinery';
import type { BareAnswer } from './bare-client.ts';

/** What gives away that an exception's text or the program's own files got into an answer. */
const TRACE =
  /\n\s+at |node:internal|\.ts:\d+|node_modules|Cannot read propert|is not a function|is not iterable|undefined \(reading|Maximum call stack|unexpected condition/;

/** What is wrong with an answer to bad input; undefined where nothing is: a success, or a refusal in a Status or a plain text. */
export function fault({ status, text, object }: BareAnswer): string | undefined {
  if (TRACE.test(text)) return `${status} shows its inside: ${text.slice(0, 300)}`;
  if (status < 200 || (status >= 500 && own(object, 'reason') !== undefined && status !== 504)) {
    return `${status}: ${text.slice(0, 300)}`;
  }
  const plain = status === 404 && /^404 page not found\n$/.test(text);
  if (status >= 400 && !plain && own(object, 'kind') !== 'Status')
    return `${status} without a Status: ${text.slice(0, 300)}`;
  return status >= 400 && !plain && own(object, 'code') !== status
    ? `${status} with another code: ${text.slice(0, 300)}`
    : undefined;
}
