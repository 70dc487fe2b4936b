import { ApiError } from '@kcp/api-machinery';

/**
 * The most keys and commas that a body may have outside its texts, three times what the largest definitions in the field
 * have: reading, checking and answering take time by the value, and others wait meanwhile.
 */
const JSON_MARKS = 100_000;

/** The most lines and commas of a YAML text, whose values cost several times as much; the texts in it count too. */
const YAML_MARKS = 100_000;

const QUOTE = 0x22;
const COMMA = 0x2c;
const COLON = 0x3a;
const BACKSLASH = 0x5c;

/** Throws RequestEntityTooLarge where a JSON text holds more values than are read. Texts that are no JSON pass. */
export function checkJsonValues(bytes: Uint8Array): void {
  if (bytes.length <= JSON_MARKS) return;
  let marks = 0;
  for (let at = 0; at < bytes.length; at += 1) {
    const byte = bytes[at];
    if (byte === QUOTE) at = closingQuote(bytes, at);
    else if ((byte === COMMA || byte === COLON) && ++marks > JSON_MARKS) throw tooMany('keys and items', JSON_MARKS);
  }
}

function closingQuote(bytes: Uint8Array, open: number): number {
  for (let at = open + 1; at < bytes.length; at += 1) {
    if (bytes[at] === BACKSLASH) at += 1;
    else if (bytes[at] === QUOTE) return at;
  }
  return bytes.length;
}

/** Throws RequestEntityTooLarge where a YAML text has more lines and items than are read. */
export function checkYamlLines(text: string): void {
  if (text.length <= YAML_MARKS) return;
  let marks = 0;
  for (const mark of ['\n', '\r', ',', '[', '{']) {
    for (let at = text.indexOf(mark); at >= 0; at = text.indexOf(mark, at + 1)) {
      if (++marks > YAML_MARKS) throw tooMany('lines and items', YAML_MARKS);
    }
  }
}

function tooMany(what: string, limit: number): ApiError {
  return new ApiError('RequestEntityTooLarge', `Request entity too large: limit is ${limit} ${what}`);
}
