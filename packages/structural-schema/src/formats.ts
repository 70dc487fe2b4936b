import { utf8Length } from '@kcp/api-machinery';
import { isCidr, isIpv4, isIpv4Format, isIpv6, isIpv6Format, isMac, isRequestUri } from './network-formats.ts';
import { isDate, isDateTime, isDuration } from './time-formats.ts';

/** Says whether a text has a format. */
export type FormatTest = (text: string) => boolean;

/** Formats of texts that Kubernetes 1.36 looks at, by name without dashes; all others are taken for any text. */
const textFormats: ReadonlyMap<string, FormatTest> = new Map<string, FormatTest>([
  ['bsonobjectid', (text) => /^[0-9a-fA-F]{24}$/.test(text)],
  ['byte', isBase64],
  ['cidr', isCidr],
  ['creditcard', isCreditCard],
  ['date', isDate],
  ['datetime', isDateTime],
  ['duration', isDuration],
  ['email', isEmail],
  ['hexcolor', (text) => /^#?(?:[0-9a-fA-F]{3}|[0-9a-fA-F]{6})$/.test(text)],
  ['hostname', isHostname],
  ['ipv4', isIpv4Format],
  ['ipv6', isIpv6Format],
  ['isbn', (text) => isIsbn10(text) || isIsbn13(text)],
  ['isbn10', isIsbn10],
  ['isbn13', isIsbn13],
  ['k8slongname', isLongName],
  ['k8sshortname', (text) => text.length <= 63 && /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/.test(text)],
  ['mac', isMac],
  ['password', () => true],
  ['rgbcolor', isRgbColor],
  ['ssn', (text) => /^\d{3}[- ]\d{2}[- ]\d{4}$/.test(text)],
  ['uri', isRequestUri],
  ['uuid', uuidTest('[0-9a-f]', '[0-9a-f]')],
  ['uuid3', uuidTest('3', '[0-9a-f]')],
  ['uuid4', uuidTest('4', '[89ab]')],
  ['uuid5', uuidTest('5', '[89ab]')],
]);

/** The test of a text format; undefined for a format that nobody knows. Dashes in the name mean nothing. */
export function textFormat(name: string): FormatTest | undefined {
  return textFormats.get(name.replaceAll('-', ''));
}

/** The format that counts for a type: one that the type does not have is as if it were not there. */
export function supportedFormat(type: string, format: string): string {
  switch (type) {
    case '':
    case 'string':
      return textFormat(format) === undefined ? '' : format;
    case 'integer':
      return format === 'int32' || format === 'int64' ? format : '';
    case 'number':
      return format === 'float' || format === 'double' ? format : '';
    default:
      return '';
  }
}

function isBase64(text: string): boolean {
  return text.length > 0 && text.length % 4 === 0 && /^[A-Za-z0-9+/]+={0,2}$/.test(text);
}

function uuidTest(version: string, variant: string): FormatTest {
  const shape = new RegExp(
    `^[0-9a-f]{8}-?[0-9a-f]{4}-?${version}[0-9a-f]{3}-?${variant}[0-9a-f]{3}-?[0-9a-f]{12}$`,
    'i',
  );
  return (text) => shape.test(text);
}

function isLongName(text: string): boolean {
  return text.length <= 253 && text.split('.').every((part) => /^[a-z0-9](?:[-a-z0-9]*[a-z0-9])?$/.test(part));
}

const CARD =
  /^(?:4[0-9]{12}(?:[0-9]{3})?|5[1-5][0-9]{14}|6(?:011|5[0-9][0-9])[0-9]{12}|3[47][0-9]{13}|3(?:0[0-5]|[68][0-9])[0-9]{11}|(?:2131|1800|35\d{3})\d{11})$/;

function isCreditCard(text: string): boolean {
  const digits = text.replace(/[^0-9]+/g, '');
  if (!CARD.test(digits)) return false;
  let sum = 0;
  for (let at = 0; at < digits.length; at++) {
    const digit = Number(digits[digits.length - 1 - at]);
    const doubled = at % 2 === 1 ? digit * 2 : digit;
    sum += doubled > 9 ? doubled - 9 : doubled;
  }
  return sum % 10 === 0;
}

function isIsbn10(text: string): boolean {
  const digits = text.replace(/[\t\n\f\r -]+/g, '');
  if (!/^(?:[0-9]{9}X|[0-9]{10})$/.test(digits)) return false;
  let sum = 0;
  for (let at = 0; at < 10; at++) sum += (at + 1) * (digits[at] === 'X' ? 10 : Number(digits[at]));
  return sum % 11 === 0;
}

function isIsbn13(text: string): boolean {
  const digits = text.replace(/[\t\n\f\r -]+/g, '');
  if (!/^[0-9]{13}$/.test(digits)) return false;
  let sum = 0;
  for (let at = 0; at < 13; at++) sum += (at % 2 === 0 ? 1 : 3) * Number(digits[at]);
  return sum % 10 === 0;
}

const SPACE = '[\\t\\n\\f\\r ]*';
const SHADE = `${SPACE}(?:0|[1-9]\\d?|1\\d\\d?|2[0-4]\\d|25[0-5])${SPACE}`;
const RGB = new RegExp(`^rgb\\(${SHADE},${SHADE},${SHADE}\\)$`);

function isRgbColor(text: string): boolean {
  return RGB.test(text);
}

const LABEL = /^[a-zA-Z0-9\p{S}\p{L}](?:[-a-zA-Z0-9\p{S}\p{L}]*[a-zA-Z0-9\p{S}\p{L}])?$/u;
const TOP_LEVEL = /^[a-zA-Z\p{L}]{2,63}$/u;

function isHostname(text: string): boolean {
  const labels = text.split('.');
  if (utf8Length(text) > 255 || labels.some((label) => utf8Length(label) > 63)) return false;
  if (labels.length === 1) return /^[a-zA-Z0-9\p{S}\p{L}](?:-?[a-zA-Z0-9\p{S}\p{L}]{0,62})?$/u.test(text);
  return labels.slice(0, -1).every((label) => LABEL.test(label)) && TOP_LEVEL.test(labels.at(-1) ?? '');
}

const ATOM = "[A-Za-z0-9!#$%&'*+/=?^_`{|}~\\u0080-\\uffff-]+";
const QUOTED = '"(?:[^"\\\\\\u0000-\\u001f\\u007f]|\\\\[\\u0020-\\u007e\\t])*"';
const ADDRESS = new RegExp(`^(?:${ATOM}(?:\\.${ATOM})*|${QUOTED})@(?:${ATOM}(?:\\.${ATOM})*|\\[([^\\[\\]\\\\]*)\\])$`);
const PHRASE = new RegExp(`^(?:[A-Za-z0-9!#$%&'*+/=?^_\`{|}~.\\u0080-\\uffff \\t-]|${QUOTED})*$`);

/** An address of RFC 5322, with or without a name before it, as Go's mail.ParseAddress takes it. */
function isEmail(text: string): boolean {
  if (text.length > 4096) return false;
  const trimmed = text.trim();
  if (!trimmed.endsWith('>')) return isAddress(trimmed);
  const open = trimmed.lastIndexOf('<');
  if (open < 0 || !isAddress(trimmed.slice(open + 1, -1))) return false;
  const name = trimmed.slice(0, open).trim();
  return name === '' || PHRASE.test(name);
}

function isAddress(text: string): boolean {
  const parts = ADDRESS.exec(text);
  if (parts === null) return false;
  const literal = parts[1];
  return literal === undefined || isIpv4(literal, false) || isIpv6(literal, false);
}
