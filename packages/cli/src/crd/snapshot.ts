import { stringifyJson, type JsonObject } from '@kcp/api-machinery';
import { DUMP_SCHEMA, dump } from 'js-yaml';
import { readFile } from 'node:fs/promises';
import { CliError } from '../cli-error.ts';
import type { Output } from '../output.ts';
import { apiResourceSchema } from './api-resource-schema.ts';
import { messageOf } from '../thrown.ts';
import { readDefinitions } from './read-definitions.ts';

/** What `crd snapshot` is told. */
export interface SnapshotRequest {
  /** The file with the definitions; `-` for what comes on standard input. */
  readonly filename: string;
  /** What the schemas' names begin with. */
  readonly prefix: string;
  readonly format: string;
  /** Standard input, whole. */
  readonly input: () => Promise<string>;
}

/** `crd snapshot`: makes APIResourceSchemas of CustomResourceDefinitions. Asks no server. */
export async function snapshotCommand(output: Output, request: SnapshotRequest): Promise<void> {
  const { filename, prefix, format, input } = request;
  const problems = [
    ...(filename === '' ? ['--filename is required'] : []),
    ...(prefix === '' ? ['--prefix is required'] : []),
    ...(format === 'json' || format === 'yaml'
      ? []
      : [`invalid value "${format}" for --output; valid values are json, yaml`]),
  ];
  if (problems.length > 0) throw new CliError(problems.length > 1 ? `[${problems.join(', ')}]` : problems.join());
  const text = filename === '-' ? await input() : await readText(filename);
  const write = format === 'json' ? (schema: JsonObject) => `${stringifyJson(schema)}\n` : formatYaml;
  for (const definition of readDefinitions(text)) {
    output.print(write(apiResourceSchema(definition, prefix)));
    output.print('---');
  }
}

async function readText(filename: string): Promise<string> {
  try {
    return await readFile(filename, 'utf8');
  } catch (error) {
    throw new CliError(`error opening ${filename}: ${messageOf(error)}`);
  }
}

/** Keys in their order, as kubectl prints objects. */
function formatYaml(object: JsonObject): string {
  return dump(object, {
    schema: DUMP_SCHEMA,
    sortKeys: true,
    lineWidth: -1,
    noRefs: true,
    seqNoIndent: true,
    quoteStyle: 'double',
  });
}
