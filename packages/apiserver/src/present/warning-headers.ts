/** As many characters all warnings of an answer may have together before each is cut (k8s.io/apiserver pkg/endpoints/filters). */
const TOTAL = 4096;
/** As many characters of one warning are left then. */
const CUT = 256;
const CONTROL = /\p{Cc}/u;

/** The Warning headers (RFC 7234 §5.5) for texts: bounded, without those that no header can carry, in UTF-8. */
export function warningHeaders(texts: readonly string[]): readonly string[] {
  const sendable = texts.map((text) => text.replaceAll(/[\r\n]+/g, ' ')).filter((text) => !CONTROL.test(text));
  const length = sendable.reduce((sum, text) => sum + text.length, 0);
  return (length > TOTAL ? shortened(sendable) : sendable).map((text) => `299 - ${quoted(text)}`);
}

function shortened(texts: readonly string[]): readonly string[] {
  return texts.map((text) => text.slice(0, CUT)).slice(0, TOTAL / CUT);
}

/** A quoted-string (RFC 9110 §5.6.4) whose characters stand for the bytes of UTF-8, as headers are written. */
function quoted(text: string): string {
  return `"${Buffer.from(text.replaceAll(/["\\]/g, '\\$&'), 'utf8').toString('latin1')}"`;
}
