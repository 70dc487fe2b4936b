import { ApiError, isObject, put, type Json, type JsonObject, type MutableJsonObject } from '@kcp/api-machinery';
import { CustomResourceDefinition, decodeObject } from '@kcp/apis';
import { boolYaml11Tag, CORE_SCHEMA, loadAll } from 'js-yaml';
import { CliError } from '../cli-error.ts';
import { messageOf } from '../thrown.ts';

/** The largest text of definitions, in bytes. */
export const MAX_BYTES = 64 * 1024 * 1024;

const MAX_DEPTH = 200;

/** The most values in a file once its aliases are followed. */
const MAX_VALUES = 10_000_000;

/** Scalars as kubectl reads them: `yes` and `on` are booleans, dates stay texts. */
const schema = CORE_SCHEMA.withTags(boolYaml11Tag);

const DEFINITION = { group: 'apiextensions.k8s.io', version: 'v1', kind: 'CustomResourceDefinition' };

/** The definitions in a text of YAML or JSON documents; empty documents do not count, unknown fields go. Throws CliError. */
export function readDefinitions(text: string): readonly JsonObject[] {
  if (Buffer.byteLength(text) > MAX_BYTES) throw new CliError(`the file is larger than ${MAX_BYTES} bytes`);
  const copy = new Copy();
  return parseAll(text).flatMap((value, at) => {
    const document = copy.value(value);
    if (document === null) return [];
    if (!isObject(document)) throw new CliError(`document ${at + 1} is no CustomResourceDefinition`);
    return [decode(document)];
  });
}

function decode(document: JsonObject): JsonObject {
  try {
    const { metadata, ...rest } = decodeObject(CustomResourceDefinition, DEFINITION, document).object;
    return { ...rest, metadata: { name: metadata.name ?? '' } };
  } catch (error) {
    throw error instanceof ApiError ? new CliError(error.message) : error;
  }
}

function parseAll(text: string): readonly unknown[] {
  try {
    return loadAll(text, { schema, maxDepth: MAX_DEPTH });
  } catch (error) {
    throw new CliError(`the file is no YAML: ${messageOf(error)}`);
  }
}

/** Copies what the YAML reader made into JSON: aliases unfolded within the budget, keys as they are. */
class Copy {
  #values = 0;

  value(value: unknown, depth = 0): Json {
    if (++this.#values > MAX_VALUES || depth > MAX_DEPTH)
      throw new CliError('the file holds too many values once its aliases are followed');
    if (value === null || value === undefined) return null;
    if (typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number') return value;
    if (Array.isArray(value)) return value.map((item: unknown) => this.value(item, depth + 1));
    if (typeof value !== 'object') throw new CliError('the file holds a value that JSON has not');
    const copy: MutableJsonObject = {};
    for (const [key, member] of Object.entries(value)) put(copy, key, this.value(member, depth + 1));
    return copy;
  }
}
