import { stringifyJson, type Json, type JsonObject } from '@kcp/api-machinery';
import { collectionPath, type ServedKind } from '../isolation/served-kind.ts';
import { sample, sampleName } from '../isolation/sample.ts';
import { fault } from './answers.ts';
import type { ProbedServer } from './probe.ts';
import { fieldPaths, schemaOf, withValue, wrongValues, type FieldPath } from './wrong-values.ts';

/** Requests that are under way at once. */
const TOGETHER = 24;

/** What is tried on one kind. */
export interface Trial {
  readonly cluster: string;
  readonly kind: ServedKind;
  /** How many levels of fields. */
  readonly depth: number;
}

/** Sends every wrong value in every field of a kind, as create, update and patch; what was wrong with the answers. */
export async function tryWrongTypes(server: ProbedServer, { cluster, kind, depth }: Trial): Promise<readonly string[]> {
  const prefix = `/clusters/${cluster}`;
  const groupVersion = kind.group === '' ? `api/${kind.version}` : `apis/${kind.group}/${kind.version}`;
  const { object: document } = await server.client.send(`${prefix}/openapi/v3/${groupVersion}`);
  const paths = fieldPaths(document, schemaOf(document, kind.kind), depth);
  const sound = (name: string): JsonObject => sample(kind, { name, namespace: 'default', mark: name });
  const collection = prefix + collectionPath(kind, 'default');
  const item = `${collection}/${sampleName(kind, 'kept')}`;
  await server.client.send(collection, { method: 'POST', body: stringifyJson(sound('kept')) });
  const requests = paths.flatMap((path) =>
    (path.length === 1 ? wrongValues : some(path)).flatMap((value) =>
      variants(kind, { path, value, sound, collection, item }),
    ),
  );
  const faults: string[] = [];
  for (let start = 0; start < requests.length; start += TOGETHER) {
    const part = requests.slice(start, start + TOGETHER);
    faults.push(...(await Promise.all(part.map((request) => attempt(server, request)))).filter((text) => text !== ''));
  }
  if (paths.length === 0) faults.push(`${kind.kind} has no fields in OpenAPI`);
  return faults;
}

/** Every third of the values, another third for each path. */
function some(path: FieldPath): readonly Json[] {
  return wrongValues.filter((_, at) => at % 3 === path.join('').length % 3);
}

interface Attempt {
  readonly method: string;
  readonly path: string;
  readonly body: string;
  readonly contentType: string;
}

interface Wrong {
  readonly path: FieldPath;
  readonly value: Json;
  readonly sound: (name: string) => JsonObject;
  readonly collection: string;
  readonly item: string;
}

function variants(kind: ServedKind, { path, value, sound, collection, item }: Wrong): readonly Attempt[] {
  const body = (name: string): string => stringifyJson(withValue(sound(name), path, value));
  const contentType = 'application/json';
  const made: Attempt[] = [{ method: 'POST', path: `${collection}?dryRun=All`, body: body('wrong'), contentType }];
  if (path.length > 1 || !some(path).includes(value)) return made;
  if (kind.verbs.includes('update')) {
    made.push({ method: 'PUT', path: `${item}?dryRun=All`, body: body('kept'), contentType });
  }
  if (kind.verbs.includes('patch')) {
    const patch = stringifyJson(withValue({}, path, value));
    for (const type of ['merge-patch', 'strategic-merge-patch']) {
      made.push({ method: 'PATCH', path: `${item}?dryRun=All`, body: patch, contentType: `application/${type}+json` });
    }
  }
  return made;
}

async function attempt(server: ProbedServer, { method, path, body, contentType }: Attempt): Promise<string> {
  const wrong = fault(await server.client.send(path, { method, body, contentType }));
  return wrong === undefined ? '' : `${method} ${path} ${body.slice(0, 500)}: ${wrong}`;
}
