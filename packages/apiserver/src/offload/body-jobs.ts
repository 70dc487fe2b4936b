import { parseJson, stringifyJson } from '@kcp/api-machinery';
import { decodeBody, type DecodedBody, type TextFormat } from '../media/body.ts';
import { writeYaml } from '../media/yaml.ts';
import type { Job } from './offload.ts';

/** A body, to be read. */
export interface RawBody {
  readonly bytes: Uint8Array;
  readonly format: TextFormat;
}

/** A body as plain JSON, and what a strict reader would have refused. */
export interface PlainBody {
  readonly json: string;
  readonly duplicates: DecodedBody['duplicates'];
}

/** Reads a body by all the rules, and writes what it says as JSON without doubt: that is read several times faster. */
export const readBodyJob: Job<RawBody, PlainBody> = {
  name: 'read-body',
  run: ({ bytes, format }) => {
    const { value, duplicates } = decodeBody(bytes, format);
    return { json: stringifyJson(value), duplicates };
  },
};

/** JSON as YAML. */
export const writeYamlJob: Job<string, string> = { name: 'write-yaml', run: (json) => writeYaml(parseJson(json)) };

/** What this package has done elsewhere. */
export const bodyJobs: readonly Job<unknown, unknown>[] = [readBodyJob, writeYamlJob];
