import { tests } from '@bufbuild/cel-spec/testdata/conformance.js';
import type { FunctionDeclaration, Overload, VariableDeclaration } from '../check/declaration.ts';
import { listType, mapType, opaqueType, paramType, types, typeType } from '../values/type.ts';
import type { CelType } from '../values/type.ts';
import { MapBuilder } from '../values/map.ts';
import { smallInt } from '../values/number.ts';
import { Duration, parseDuration, parseTimestamp } from '../values/time.ts';
import { ArrayList, Double, Uint } from '../values/value.ts';
import type { Value } from '../values/value.ts';

type Json = unknown;
interface Fields {
  readonly [key: string]: Json;
}

/** One case of the specification's suite, in its JSON form. */
export interface SpecCase {
  readonly suite: string;
  readonly path: string;
  readonly test: Fields & { readonly expr: string };
  readonly ast: string | undefined;
  readonly checkedAst: string | undefined;
  readonly type: string | undefined;
}

interface Suite {
  readonly name: string;
  readonly suites?: readonly Suite[];
  readonly tests?: readonly {
    readonly original: Fields & { expr: string };
    ast?: string;
    checkedAst?: string;
    type?: string;
  }[];
}

const messages =
  /TestAllTypes|google\.protobuf\.(?!Timestamp|Duration)|proto[23]|messageType|objectValue|"google\.protobuf"/;

/** All cases that need no protobuf message. */
export function specCases(): readonly SpecCase[] {
  return flatten(tests, []).filter(({ test }) => !messages.test(JSON.stringify(test)));
}

/** The cases of one of the package's suites. */
export function flatten(suite: Suite, path: readonly string[]): readonly SpecCase[] {
  const here = [...path, suite.name];
  const own = (suite.tests ?? []).map(({ original, ast, checkedAst, type }) => {
    const name = typeof original['name'] === 'string' ? original['name'] : original.expr;
    return {
      suite: here[1] ?? suite.name,
      path: [...here.slice(1), name].join('/'),
      test: original,
      ast,
      checkedAst,
      type,
    };
  });
  return [...own, ...(suite.suites ?? []).flatMap((inner) => flatten(inner, here))];
}

/** A value from its JSON form. */
export function valueOf(json: Json): Value {
  const fields = asFields(json);
  const [[kind, inner] = ['', undefined]] = Object.entries(fields);
  switch (kind) {
    case 'nullValue':
      return null;
    case 'boolValue':
      return inner === true;
    case 'int64Value':
      return smallInt(BigInt(String(inner)));
    case 'uint64Value':
      return new Uint(BigInt(String(inner)));
    case 'doubleValue':
      return new Double(Number(inner));
    case 'stringValue':
      return String(inner);
    case 'bytesValue':
      return Uint8Array.from(Buffer.from(String(inner), 'base64'));
    case 'listValue':
      return new ArrayList(asArray(asFields(inner)['values']).map(valueOf));
    case 'mapValue':
      return mapOf(asArray(asFields(inner)['entries']));
    case 'typeValue':
      return typeNamed(String(inner));
    case 'objectValue':
      return objectOf(asFields(inner));
    default:
      throw new TypeError(`value of kind ${kind}`);
  }
}

function objectOf(fields: Fields): Value {
  const type = String(fields['@type']);
  const text = String(fields['value']);
  if (type.endsWith('Timestamp')) return parseTimestamp(text) ?? null;
  if (type.endsWith('Duration')) return parseDuration(text) ?? new Duration(0n);
  throw new TypeError(`object of type ${type}`);
}

function mapOf(entries: readonly Json[]): Value {
  const builder = new MapBuilder();
  for (const entry of entries) builder.add(valueOf(asFields(entry)['key']), valueOf(asFields(entry)['value']));
  return builder.build();
}

function typeNamed(name: string): CelType {
  return [...Object.values(types)].find((type) => type.name === name) ?? opaqueType(name);
}

/** The variables that a case declares. */
export function declarationsOf(test: Fields): readonly VariableDeclaration[] {
  return asArray(test['typeEnv']).flatMap((json) => {
    const declared = asFields(json);
    if (declared['ident'] === undefined) return [];
    return [{ name: String(declared['name']), type: typeFrom(asFields(declared['ident'])['type']) }];
  });
}

/** The functions that a case declares; they are only checked, never run. */
export function functionsOf(test: Fields): readonly FunctionDeclaration[] {
  return asArray(test['typeEnv']).flatMap((json) => {
    const declared = asFields(json);
    if (declared['function'] === undefined) return [];
    const overloads = asArray(asFields(declared['function'])['overloads']).map((each): Overload => {
      const { overloadId, params, resultType, typeParams, isInstanceFunction } = asFields(each);
      return {
        id: String(overloadId),
        member: isInstanceFunction === true,
        args: asArray(params).map(typeFrom),
        result: typeFrom(resultType),
        params: asArray(typeParams).map(String),
        run: undefined,
      };
    });
    return [{ name: String(declared['name']), overloads }];
  });
}

/** A type from its JSON form. */
export function typeFrom(json: Json): CelType {
  const fields = asFields(json);
  const [[kind, inner] = ['', undefined]] = Object.entries(fields);
  switch (kind) {
    case 'primitive':
      return (
        {
          BOOL: types.bool,
          INT64: types.int,
          UINT64: types.uint,
          DOUBLE: types.double,
          STRING: types.string,
          BYTES: types.bytes,
        }[String(inner)] ?? types.error
      );
    case 'null':
      return types.null;
    case 'dyn':
      return types.dyn;
    case 'wellKnown':
      return { TIMESTAMP: types.timestamp, DURATION: types.duration, ANY: types.any }[String(inner)] ?? types.error;
    case 'listType':
      return listType(typeFrom(asFields(inner)['elemType']));
    case 'mapType':
      return mapType(typeFrom(asFields(inner)['keyType']), typeFrom(asFields(inner)['valueType']));
    case 'type':
      return typeType(typeFrom(inner));
    case 'typeParam':
      return paramType(String(inner));
    case 'abstractType':
      return opaqueType(String(asFields(inner)['name']), asArray(asFields(inner)['parameterTypes']).map(typeFrom));
    default:
      return types.dyn;
  }
}

/** The values that a case binds. */
export function bindingsOf(test: Fields): Readonly<Record<string, Value>> {
  const entries = Object.entries(asFields(test['bindings'] ?? {}));
  return Object.fromEntries(entries.map(([name, bound]) => [name, valueOf(asFields(bound)['value'])]));
}

/** A JSON object. */
export function asFields(json: Json): Fields {
  if (typeof json !== 'object' || json === null) return {};
  return Object.fromEntries(Object.entries(json));
}

function asArray(json: Json): readonly Json[] {
  return Array.isArray(json) ? json : [];
}
