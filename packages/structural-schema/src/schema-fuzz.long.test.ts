import { describe, expect, it } from '@jest/globals';
import { equal, isObject, stringifyJson } from '@kcp/api-machinery';
import type { JsonObject } from '@kcp/api-machinery';
import type { CompiledSchema } from './compile-schema.ts';
import { compileSchema } from './compile-schema.ts';
import { Arbitrary } from './fuzz/arbitrary.ts';
import { parseSchema } from './parse-schema.ts';
import { publishOpenApi } from './publish-openapi.ts';
import type { StructuralSchema } from './structural-schema.ts';
import { validateParsedSchema } from './validate-schema-definition.ts';

const INPUTS = 100_000;
const VALUES_PER_SCHEMA = 10;

/** What must hold of a schema and a value, whatever they are; the first thing that does not, or undefined. */
function findBreach(
  compiled: Pick<CompiledSchema, 'decode' | 'default' | 'validate' | 'validateUpdate'>,
  value: JsonObject,
  old: JsonObject,
): string | undefined {
  const before = stringifyJson(value);
  const decoded = compiled.decode(value);
  if (stringifyJson(value) !== before) return 'the input was changed';
  if (decoded.errors.length > 0) return undefined;
  const again = compiled.decode(decoded.object);
  if (!equal(again.object, decoded.object) || again.unknownFields.length > 0) return 'decoding is not idempotent';
  const defaulted = compiled.default(value);
  if (!equal(compiled.default(defaulted), defaulted)) return 'defaulting is not idempotent';
  const errors = compiled.validate(decoded.object);
  if (
    stringifyJson(errors.map((error) => ({ ...error }))) !==
    stringifyJson(compiled.validate(decoded.object).map((error) => ({ ...error })))
  )
    return 'validation is not deterministic';
  if (compiled.validateUpdate(decoded.object, old).length > 0 && errors.length === 0)
    return 'an update is judged harder than a create';
  return undefined;
}

function validSchema(arbitrary: Arbitrary): { json: JsonObject; schema: StructuralSchema } {
  for (;;) {
    const json = arbitrary.rootSchema();
    const { schema } = parseSchema(json);
    if (schema === undefined) throw new Error(`cannot be read: ${stringifyJson(json)}`);
    if (validateParsedSchema(schema, { path: 'schema' }).length === 0) return { json, schema };
  }
}

function run(
  seed: number,
  inputs: number,
  disturb: (compiled: CompiledSchema) => Pick<CompiledSchema, 'decode' | 'default' | 'validate' | 'validateUpdate'>,
): string | undefined {
  const arbitrary = new Arbitrary(seed);
  for (let done = 0; done < inputs; done += VALUES_PER_SCHEMA) {
    const { json, schema } = validSchema(arbitrary);
    const compiled = disturb(compileSchema(schema));
    publishOpenApi(schema, { version: 3 });
    publishOpenApi(schema, { version: 2 });
    for (let count = 0; count < VALUES_PER_SCHEMA; count++) {
      const value = arbitrary.valueFor(json, 5);
      if (!isObject(value)) continue;
      const changed = arbitrary.changed(value);
      const breach = findBreach(compiled, value, isObject(changed) ? changed : value);
      if (breach !== undefined) return `${breach}: ${stringifyJson(json)} with ${stringifyJson(value)}`;
    }
  }
  return undefined;
}

/** Forgets to drop the last of several unknown fields at the top. */
function prunesTooLittle(
  compiled: CompiledSchema,
): Pick<CompiledSchema, 'decode' | 'default' | 'validate' | 'validateUpdate'> {
  return {
    default: (object) => compiled.default(object),
    validate: (object) => compiled.validate(object),
    validateUpdate: (object, old) => compiled.validateUpdate(object, old),
    decode(object) {
      const decoded = compiled.decode(object);
      const kept = decoded.unknownFields.filter((path) => Object.hasOwn(object, path)).slice(1);
      const back = Object.fromEntries(kept.map((name) => [name, object[name]]));
      return { ...decoded, object: { ...decoded.object, ...back } };
    },
  };
}

describe('generated schemas and values', () => {
  it(`hold all invariants for ${INPUTS} inputs and touch no prototype`, () => {
    const members = Object.getOwnPropertyNames(Object.prototype).length;
    expect(run(20240229, INPUTS, (compiled) => compiled)).toBeUndefined();
    expect(Object.getOwnPropertyNames(Object.prototype)).toHaveLength(members);
  });

  it('find a planted bug: a variant that does not prune all', () => {
    expect(run(20240229, INPUTS, prunesTooLittle)).toMatch(/^decoding is not idempotent/);
  });
});
