import type { GroupVersionKind, Json, JsonObject, KubeObject, MutableJsonObject } from '@kcp/api-machinery';
import {
  ApiError,
  badRequest,
  formatApiVersion,
  isArray,
  isObject,
  own,
  parseApiVersion,
  put,
} from '@kcp/api-machinery';
import { foundType, scalarDecoders, scalarZeros, WrongType, WrongValue } from './decode-scalar.ts';
import type { Presence, SchemaOrType, StructType, ValueType } from './table.ts';
import { goName } from './table.ts';

/** Deeper objects are refused: nothing that the API means is that deep. */
const DEEPEST = 500;

/** What a value of a type looks like after decoding, and the paths that no table knows. */
export interface DecodedStruct {
  readonly value: JsonObject;
  readonly unknownFields: readonly string[];
}

/** An object, and the paths that no table knows. */
export interface DecodedObject {
  readonly object: KubeObject;
  readonly unknownFields: readonly string[];
}

/** Where the decoder stands; one per object. */
class Place {
  readonly unknown: string[] = [];
  readonly path: (number | string)[] = [];
  readonly fields: string[] = [];
  owner = '';

  enter(step: number | string): void {
    if (this.path.push(step) > DEEPEST) throw badRequest('exceeded max depth');
  }

  leave(): void {
    this.path.pop();
  }

  noteUnknown(field: string): void {
    this.unknown.push([...this.path, field].reduce<string>((path, step) => append(path, step), ''));
  }
}

function append(path: string, step: number | string): string {
  if (typeof step === 'number') return `${path}[${step}]`;
  return path === '' ? step : `${path}.${step}`;
}

interface FieldPlan {
  readonly name: string;
  readonly type: ValueType;
  readonly presence: Presence;
}

interface Plan {
  readonly owner: string;
  readonly index: ReadonlyMap<string, number>;
  readonly fields: readonly FieldPlan[];
}

const plans = new WeakMap<StructType, Plan>();

function planOf(type: StructType): Plan {
  const known = plans.get(type);
  if (known) return known;
  const fields = Object.entries(type.fields()).map(([name, row]) => ({ name, type: row[1], presence: row[2] }));
  const plan = { owner: goName(type), fields, index: new Map(fields.map((field, at) => [field.name, at])) };
  plans.set(type, plan);
  return plan;
}

function isEmpty(value: Json): boolean {
  if (value === '' || value === false || value === 0 || value === null) return true;
  if (typeof value !== 'object') return false;
  return isArray(value) ? value.length === 0 : Object.keys(value).length === 0;
}

function zeroOf(type: ValueType): Json {
  if (typeof type === 'string') return scalarZeros[type];
  return type.kind === 'struct' ? zeroStruct(type) : null;
}

const zeros = new WeakMap<StructType, JsonObject>();

function zeroStruct(type: StructType): JsonObject {
  const known = zeros.get(type);
  if (known) return known;
  const zero = writeFields(planOf(type), []);
  zeros.set(type, zero);
  return zero;
}

function emitted(field: FieldPlan, value: Json | undefined): Json | undefined {
  const { presence } = field;
  if (presence === 'pointer') return value;
  if (presence === 'nullable') return value ?? null;
  if (presence === 'filled') return value === undefined || isEmpty(value) ? undefined : value;
  return value === undefined || (isArray(value) && value.length === 0) ? zeroOf(field.type) : value;
}

function writeFields(plan: Plan, values: readonly (Json | undefined)[], into: MutableJsonObject = {}): JsonObject {
  for (let at = 0; at < plan.fields.length; at++) {
    const field = plan.fields[at];
    if (field === undefined) continue;
    const value = emitted(field, values[at]);
    if (value !== undefined) into[field.name] = value;
  }
  return into;
}

function decodeFields(plan: Plan, raw: JsonObject, place: Place, skip?: ReadonlySet<string>): (Json | undefined)[] {
  const values = Array.from<Json | undefined>({ length: plan.fields.length });
  const outer = place.owner;
  for (const key of Object.keys(raw)) {
    if (skip?.has(key)) continue;
    const at = plan.index.get(key);
    const field = at === undefined ? undefined : plan.fields[at];
    if (at === undefined || field === undefined) {
      place.noteUnknown(key);
      continue;
    }
    place.owner = plan.owner;
    place.enter(key);
    place.fields.push(key);
    values[at] = decodeValue(field.type, own(raw, key), place);
    place.fields.pop();
    place.leave();
  }
  place.owner = outer;
  return values;
}

function decodeStructValue(type: StructType, raw: Json, place: Place): JsonObject {
  if (!isObject(raw)) throw new WrongType(foundType(raw), goType(type));
  const plan = planOf(type);
  return writeFields(plan, decodeFields(plan, raw, place));
}

function decodeList(of: ValueType, raw: Json, place: Place): Json {
  if (!isArray(raw)) throw new WrongType(foundType(raw), `[]${goType(of)}`);
  if (of === 'json' || (of === 'string' && raw.every((item) => typeof item === 'string'))) return raw;
  return raw.map((item, at) => {
    place.enter(at);
    const value = decodeValue(of, item, place) ?? zeroOf(of);
    place.leave();
    return value;
  });
}

function allTexts(raw: JsonObject): boolean {
  for (const key of Object.keys(raw)) if (typeof raw[key] !== 'string') return false;
  return true;
}

function decodeMap(of: ValueType, raw: Json, place: Place): Json {
  if (!isObject(raw)) throw new WrongType(foundType(raw), `map[string]${goType(of)}`);
  if (of === 'string' && allTexts(raw)) return raw;
  const result: MutableJsonObject = {};
  for (const key of Object.keys(raw)) {
    place.enter(key);
    put(result, key, decodeValue(of, own(raw, key), place) ?? (of === 'base64' ? '' : zeroOf(of)));
    place.leave();
  }
  return result;
}

function decodeSchemaOr(type: SchemaOrType, raw: Json, place: Place): Json | undefined {
  if (isObject(raw)) return decodeStructValue(type.schema(), raw, place);
  if (type.alternative === 'bool') {
    if (typeof raw !== 'boolean') throw new WrongValue('boolean or JSON schema expected');
    return raw;
  }
  if (!isArray(raw) || raw.length === 0) return undefined;
  return decodeList(type.alternative === 'strings' ? 'string' : type.schema(), raw, place);
}

/** Undefined for null and for what Go takes as unset. */
function decodeValue(type: ValueType, raw: Json | undefined, place: Place): Json | undefined {
  if (raw === undefined || raw === null) return undefined;
  if (typeof type === 'string') return scalarDecoders[type](raw);
  if (type.kind === 'struct') return decodeStructValue(type, raw, place);
  if (type.kind === 'list') return decodeList(type.of, raw, place);
  return type.kind === 'map' ? decodeMap(type.of, raw, place) : decodeSchemaOr(type, raw, place);
}

const GO_SCALARS: Readonly<Record<string, string>> = {
  double: 'float64',
  base64: '[]uint8',
  time: 'v1.Time',
  microTime: 'v1.MicroTime',
  quantity: 'resource.Quantity',
  object: 'runtime.RawExtension',
};

function goType(type: ValueType): string {
  if (typeof type === 'string') return GO_SCALARS[type] ?? type;
  if (type.kind === 'list') return `[]${goType(type.of)}`;
  if (type.kind === 'map') return `map[string]${goType(type.of)}`;
  return `v1.${type.kind === 'struct' ? goName(type) : type.name.slice(type.name.lastIndexOf('.') + 1)}`;
}

/** What went wrong, in the words of Go's decoder; undefined for what is no fault of the object. */
function explain(thrown: unknown, place: Place): string | undefined {
  if (thrown instanceof WrongType) {
    const where = place.fields.length === 0 ? 'value' : `struct field ${place.owner}.${place.fields.join('.')}`;
    return `json: cannot unmarshal ${thrown.found} into Go ${where} of type ${thrown.wanted}`;
  }
  if (thrown instanceof WrongValue || thrown instanceof ApiError) return thrown.message;
  return undefined;
}

/** Thrown by `decodeStruct` for a value of the wrong type; the message is Go's. */
export class DecodeError extends Error {
  override readonly name = 'DecodeError';
}

function guarded<T>(place: Place, decode: () => T): T {
  try {
    return decode();
  } catch (error) {
    const text = explain(error, place);
    if (text === undefined) throw error;
    throw new DecodeError(text, { cause: error });
  }
}

/** Reads a value of a type that is no object of its own (options, parts). Throws DecodeError. */
export function decodeStruct(type: StructType, raw: JsonObject): DecodedStruct {
  const place = new Place();
  const value = guarded(place, () => decodeStructValue(type, raw, place));
  return { value, unknownFields: place.unknown };
}

const TYPE_META: ReadonlySet<string> = new Set(['kind', 'apiVersion']);

function typeMeta(raw: JsonObject, field: 'apiVersion' | 'kind', expected: string): string {
  const value = own(raw, field) ?? '';
  if (typeof value !== 'string') {
    const why = `json: cannot unmarshal ${foundType(value)} into Go struct field .${field} of type string`;
    throw badRequest(`couldn't get version/kind; json parse error: ${why}`);
  }
  return value === '' ? expected : value;
}

function cannotHandle(kind: string, version: string, asKind: string, cause: DecodeError): ApiError {
  const text = `${kind} in version ${JSON.stringify(version)} cannot be handled as a ${asKind}: ${cause.message}`;
  return new ApiError('BadRequest', text, { cause });
}

/**
 * Reads an object of a built-in kind as Go reads it into its struct: fields in the table's order, empty ones as their presence
 * says, unknown ones dropped and named. Kind and apiVersion may be missing. Throws ApiError BadRequest whose `cause` is a
 * DecodeError with the bare reason.
 */
export function decodeObject(type: StructType, gvk: GroupVersionKind, raw: JsonObject): DecodedObject {
  const expected = formatApiVersion(gvk);
  const [kind, apiVersion] = [typeMeta(raw, 'kind', gvk.kind), typeMeta(raw, 'apiVersion', expected)];
  const version = parseApiVersion(apiVersion)?.version ?? apiVersion;
  if (kind !== gvk.kind || apiVersion !== expected) {
    const why = `no kind ${JSON.stringify(kind)} is registered for version ${JSON.stringify(apiVersion)} here`;
    throw cannotHandle(kind, version, gvk.kind, new DecodeError(why));
  }
  const place = new Place();
  const plan = planOf(type);
  try {
    const values = guarded(place, () => decodeFields(plan, raw, place, TYPE_META));
    const object = writeFields(plan, values, { kind, apiVersion });
    return { object: object as KubeObject, unknownFields: place.unknown };
  } catch (error) {
    throw error instanceof DecodeError ? cannotHandle(kind, version, gvk.kind, error) : error;
  }
}
