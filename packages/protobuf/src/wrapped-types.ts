import type { Instant, Json, JsonObject } from '@kcp/api-machinery';
import {
  decodeStrict,
  formatMicroTime,
  formatTime,
  isArray,
  parseMicroTime,
  parseTime,
  stringifyJson,
} from '@kcp/api-machinery';
import type { Budget, Wrapped } from './message.ts';
import { message, repeated } from './message.ts';
import { WireError } from './wire-type.ts';

/** Seconds of 0001-01-01T00:00:00Z and of 9999-12-31T23:59:59Z. */
const [FIRST_SECOND, LAST_SECOND] = [-62_135_596_800, 253_402_300_799];
const NANOS = 1_000_000_000;
const COMMA = 0x2c;
const COLON = 0x3a;

/** The zero time is a message without fields; every other time has both. */
const Timestamp = message('Timestamp', () => ({
  seconds: [1, 'int64', 'optional'],
  nanos: [2, 'int32', 'optional'],
}));

function timeType(parse: (text: string) => Instant, format: (instant: Instant) => string | null): Wrapped {
  return {
    kind: 'wrapped',
    message: Timestamp,
    toMessage: (value) => {
      if (typeof value !== 'string') return {};
      const { seconds, nanos } = parse(value);
      return { seconds, nanos: parse === parseTime ? 0 : nanos };
    },
    fromMessage: (fields) => format(instantOf(fields)),
  };
}

/** A message without fields is the zero time, one without seconds is of 1970. */
function instantOf(fields: JsonObject): Instant {
  if (Object.keys(fields).length === 0) return { seconds: FIRST_SECOND, nanos: 0 };
  const nanos = typeof fields['nanos'] === 'number' ? fields['nanos'] : 0;
  const carried = Math.floor(nanos / NANOS);
  const seconds = Number(fields['seconds'] ?? 0) + carried;
  if (seconds < FIRST_SECOND || seconds > LAST_SECOND) throw new WireError('proto: time is out of range');
  return { seconds, nanos: nanos - carried * NANOS };
}

/** metav1.Time: whole seconds. */
export const time: Wrapped = timeType(parseTime, formatTime);

/** metav1.MicroTime: microseconds. */
export const microTime: Wrapped = timeType(parseMicroTime, formatMicroTime);

/** resource.Quantity: its canonical text. */
export const quantity: Wrapped = {
  kind: 'wrapped',
  message: message('Quantity', () => ({ string: [1, 'string'] })),
  toMessage: (value) => ({ string: value === null ? '0' : value }),
  fromMessage: (fields) => (typeof fields['string'] === 'string' && fields['string'] !== '' ? fields['string'] : '0'),
};

/** intstr.IntOrString: which of the two it is stands in `type`. */
export const intOrString: Wrapped = {
  kind: 'wrapped',
  message: message('IntOrString', () => ({ type: [1, 'int64'], intVal: [2, 'int32'], strVal: [3, 'string'] })),
  toMessage: (value) => (typeof value === 'string' ? { type: 1, strVal: value } : { type: 0, intVal: value }),
  fromMessage: ({ type = 0, intVal = 0, strVal = '' }) => {
    if (type !== 0 && type !== 1) throw new WireError('proto: impossible IntOrString.Type');
    return type === 0 ? intVal : strVal;
  },
};

/** The bytes are JSON: apiextensions' JSON, metav1.FieldsV1, runtime.RawExtension. Null is a message without bytes. */
export function jsonType(name: string): Wrapped {
  return {
    kind: 'wrapped',
    message: message(name, () => ({ raw: [1, 'string', 'optional'] })),
    toMessage: (value) => (value === null ? {} : { raw: stringifyJson(value) }),
    fromMessage: ({ raw }, budget) => (typeof raw === 'string' && raw !== '' ? parsed(raw, budget) : null),
  };
}

function parsed(raw: string, budget: Budget): Json {
  const bytes = Buffer.from(raw);
  let marks = 0;
  for (const byte of bytes) if (byte === COMMA || byte === COLON) marks += 1;
  budget.spend(marks);
  try {
    return decodeStrict(bytes).value;
  } catch (error) {
    throw new WireError(error instanceof Error ? error.message : String(error), { cause: error });
  }
}

/** A list that is a message of its own, because it stands in a map or must tell nil from empty (ExtraValue, Verbs). */
export function itemsType(name: string): Wrapped {
  return {
    kind: 'wrapped',
    message: message(name, () => ({ items: [1, repeated('string')] })),
    toMessage: (value) => ({ items: isArray(value) ? value : [] }),
    fromMessage: ({ items }) => items ?? [],
  };
}
