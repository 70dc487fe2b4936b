import { isObject, put, type Json, type JsonObject, type MutableJsonObject } from '@kcp/api-machinery';
import { boolYaml11Tag, CORE_SCHEMA, loadAll } from 'js-yaml';
import { KubeconfigError } from './kubeconfig-error.ts';
import { messageOf } from '../thrown.ts';

/** The largest kubeconfig that is read, in bytes; thousands of contexts fit. */
export const MAX_KUBECONFIG_BYTES = 4 * 1024 * 1024;

/** The most values that a kubeconfig may hold once its aliases are followed. */
const MAX_VALUES = 200_000;

const MAX_DEPTH = 64;

/** Scalars as kubectl reads them where it matters: `yes` and `on` are booleans. Dates stay texts. */
const schema = CORE_SCHEMA.withTags(boolYaml11Tag);

/**
 * Reads the YAML or JSON of a kubeconfig. An empty text is an empty object. Throws KubeconfigError where it is no YAML, says a
 * key twice, is too large, too deep or unfolds into too much by its aliases, or is not an object.
 */
export function readDocument(text: string, file: string | undefined): JsonObject {
  if (Buffer.byteLength(text) > MAX_KUBECONFIG_BYTES)
    throw new KubeconfigError(`is larger than ${MAX_KUBECONFIG_BYTES} bytes`, { file });
  const value = new Copy(file).value(parse(text, file), 0);
  if (value === null) return {};
  if (!isObject(value)) throw new KubeconfigError('is not a kubeconfig: a mapping is expected', { file });
  return value;
}

function parse(text: string, file: string | undefined): unknown {
  const documents = parseAll(text, file);
  if (documents.length > 1) throw new KubeconfigError('holds several YAML documents', { file });
  return documents[0] ?? null;
}

function parseAll(text: string, file: string | undefined): readonly unknown[] {
  try {
    return loadAll(text, { schema, maxDepth: MAX_DEPTH });
  } catch (error) {
    // The parser's message goes on with an excerpt of the text, which may hold a secret.
    const [what] = messageOf(error).split('\n');
    throw new KubeconfigError(`is not valid YAML: ${what}`, { file });
  }
}

/** Copies what the YAML reader made into JSON: aliases unfolded within the budget, keys as they are. */
class Copy {
  readonly #file: string | undefined;
  #values = 0;

  constructor(file: string | undefined) {
    this.#file = file;
  }

  value(value: unknown, depth: number): Json {
    if (++this.#values > MAX_VALUES || depth > MAX_DEPTH)
      throw new KubeconfigError('holds too many values once its aliases are followed', { file: this.#file });
    if (value === null || value === undefined) return null;
    if (typeof value === 'string' || typeof value === 'boolean' || typeof value === 'number') return value;
    if (Array.isArray(value)) return value.map((item: unknown) => this.value(item, depth + 1));
    if (typeof value !== 'object') throw new KubeconfigError('holds a value that JSON has not', { file: this.#file });
    const copy: MutableJsonObject = {};
    for (const [key, member] of Object.entries(value)) put(copy, key, this.value(member, depth + 1));
    return copy;
  }
}
