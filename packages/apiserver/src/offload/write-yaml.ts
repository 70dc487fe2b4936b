import { type Json, stringifyJson } from '@kcp/api-machinery';
import type { Exchange } from '../exchange.ts';
import { writeYaml } from '../media/yaml.ts';
import { writeYamlJob } from './body-jobs.ts';

/** From this size on, in bytes of JSON, YAML is written elsewhere: it takes 150 ms a megabyte. */
export const LARGE_YAML = 64 * 1024;

/** A value of about so many bytes of JSON as YAML. */
export async function yamlText({ offload, cluster }: Exchange, value: Json, bytes: number): Promise<string> {
  if (bytes < LARGE_YAML) return writeYaml(value);
  const json = stringifyJson(value);
  const owner = typeof cluster === 'string' ? cluster : '*';
  return offload.run(writeYamlJob, json, { owner, bytes: json.length });
}
