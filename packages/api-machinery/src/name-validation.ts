import { utf8Length } from './go-format.ts';

/** Checks a name; `prefix` is true where something will be appended (generateName). An empty list means valid. */
export type NameValidator = (name: string, prefix?: boolean) => string[];

const LABEL = '[a-z0-9]([-a-z0-9]*[a-z0-9])?';
const SUBDOMAIN = `${LABEL}(\\.${LABEL})*`;
const DNS_1035 = '[a-z]([-a-z0-9]*[a-z0-9])?';
const KEY = '([A-Za-z0-9][-A-Za-z0-9_.]*)?[A-Za-z0-9]';
const VALUE = `(${KEY})?`;
const CONFIG_KEY = '[-._a-zA-Z0-9]+';

const LABEL_RE = new RegExp(`^${LABEL}$`);
const SUBDOMAIN_RE = new RegExp(`^${SUBDOMAIN}$`);
const DNS_1035_RE = new RegExp(`^${DNS_1035}$`);
const KEY_RE = new RegExp(`^${KEY}$`);
const VALUE_RE = new RegExp(`^${VALUE}$`);
const CONFIG_KEY_RE = new RegExp(`^${CONFIG_KEY}$`);

/** The text for a value that does not match: rule, examples, expression (Go's validation.RegexError). */
export function regexMessage(rule: string, expression: string, examples: readonly string[] = []): string {
  if (examples.length === 0) return `${rule} (regex used for validation is '${expression}')`;
  const shown = examples.map((example) => `'${example}', `).join(' or ');
  return `${rule} (e.g. ${shown}regex used for validation is '${expression}')`;
}

const SUBDOMAIN_RULE = regexMessage(
  "a lowercase RFC 1123 subdomain must consist of lower case alphanumeric characters, '-' or '.', and must start and end with an alphanumeric character",
  SUBDOMAIN,
  ['example.com'],
);
const LABEL_RULE = regexMessage(
  "a lowercase RFC 1123 label must consist of lower case alphanumeric characters or '-', and must start and end with an alphanumeric character",
  LABEL,
  ['my-name', '123-abc'],
);
const DNS_1035_RULE = regexMessage(
  "a DNS-1035 label must consist of lower case alphanumeric characters or '-', start with an alphabetic character, and end with an alphanumeric character",
  DNS_1035,
  ['my-name', 'abc-123'],
);
const KEY_RULE = regexMessage(
  "must consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  KEY,
  ['MyName', 'my.name', '123-abc'],
);
const VALUE_RULE = regexMessage(
  "a valid label must be an empty string or consist of alphanumeric characters, '-', '_' or '.', and must start and end with an alphanumeric character",
  VALUE,
  ['MyValue', 'my_value', '12345'],
);
const CONFIG_KEY_RULE = regexMessage(
  "a valid config key must consist of alphanumeric characters, '-', '_' or '.'",
  CONFIG_KEY,
  ['key.name', 'KEY_NAME', 'key-name'],
);

/** A DNS-1123 label: at most 63 of `a-z0-9-`. */
export function isDns1123Label(text: string): string[] {
  const messages = tooManyCharacters(text, 63);
  if (LABEL_RE.test(text)) return messages;
  if (SUBDOMAIN_RE.test(text)) return [...messages, 'must not contain dots'];
  return [...messages, LABEL_RULE];
}

/** A DNS-1123 subdomain: labels joined by dots, at most 253 characters. */
export function isDns1123Subdomain(text: string): string[] {
  const messages = tooManyCharacters(text, 253);
  if (!SUBDOMAIN_RE.test(text)) messages.push(SUBDOMAIN_RULE);
  return messages;
}

/** A DNS-1035 label: as DNS-1123, but beginning with a letter. */
export function isDns1035Label(text: string): string[] {
  const messages = tooManyCharacters(text, 63);
  if (!DNS_1035_RE.test(text)) messages.push(DNS_1035_RULE);
  return messages;
}

/** A qualified name, which is the same as a label key: an optional DNS subdomain and a slash before a name of at most 63 bytes. */
export function isQualifiedName(text: string): string[] {
  const slash = text.indexOf('/');
  const name = slash < 0 ? text : text.slice(slash + 1);
  if (name.includes('/')) {
    return [`a valid label key ${KEY_RULE} with an optional DNS subdomain prefix and '/' (e.g. 'example.com/MyName')`];
  }
  const messages = slash < 0 ? [] : prefixMessages(text.slice(0, slash));
  if (name === '') messages.push('name part must be non-empty');
  else if (utf8Length(name) > 63) messages.push('name part must be no more than 63 bytes');
  if (!KEY_RE.test(name)) messages.push(`name part ${KEY_RULE}`);
  return messages;
}

function prefixMessages(prefix: string): string[] {
  if (prefix === '') return ['prefix part must be non-empty'];
  const messages = utf8Length(prefix) > 253 ? ['prefix part must be no more than 253 bytes'] : [];
  if (!SUBDOMAIN_RE.test(prefix)) messages.push(`prefix part ${SUBDOMAIN_RULE}`);
  return messages;
}

/** A label's value: empty, or at most 63 bytes of letters, digits, `-`, `_` and `.`, with a letter or digit at both ends. */
export function isLabelValue(text: string): string[] {
  const messages = utf8Length(text) > 63 ? ['must be no more than 63 bytes'] : [];
  if (!VALUE_RE.test(text)) messages.push(VALUE_RULE);
  return messages;
}

/** A key of a ConfigMap or Secret. */
export function isConfigMapKey(text: string): string[] {
  const messages = tooManyCharacters(text, 253);
  if (!CONFIG_KEY_RE.test(text)) messages.push(CONFIG_KEY_RULE);
  if (text === '.' || text === '..') messages.push(`must not be '${text}'`);
  else if (text.startsWith('..')) messages.push("must not start with '..'");
  return messages;
}

/** A name that can stand in a URL's path. Says nothing about an empty text or the length (Go's path.IsValidPathSegmentName). */
export function isPathSegment(text: string, prefix = false): string[] {
  if (!prefix && (text === '.' || text === '..')) return [`may not be '${text}'`];
  return ['/', '%'].filter((part) => text.includes(part)).map((part) => `may not contain '${part}'`);
}

/** A name rule for objects whose names are DNS subdomains: most of them. */
export function nameIsDnsSubdomain(name: string, prefix = false): string[] {
  return isDns1123Subdomain(prefix ? maskTrailingDash(name) : name);
}

/** A name rule for objects whose names are DNS-1123 labels: namespaces. */
export function nameIsDnsLabel(name: string, prefix = false): string[] {
  return isDns1123Label(prefix ? maskTrailingDash(name) : name);
}

/** A name rule for objects whose names are DNS-1035 labels: services. */
export function nameIsDns1035Label(name: string, prefix = false): string[] {
  return isDns1035Label(prefix ? maskTrailingDash(name) : name);
}

/** A base for generated names may end with a dash; the last two characters are replaced, which loses nothing the rules look at. */
function maskTrailingDash(name: string): string {
  return name.length > 1 && name.endsWith('-') ? `${name.slice(0, -2)}a` : name;
}

function tooManyCharacters(text: string, limit: number): string[] {
  return utf8Length(text) > limit ? [`must be no more than ${limit} characters`] : [];
}
