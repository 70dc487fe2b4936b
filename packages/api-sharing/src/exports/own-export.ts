import { objectAt, objectsAt, textAt, type JsonObject, type KubeObject } from '@kcp/api-machinery';
import { kcpDefinition } from '@kcp/apis';
import { root } from '@kcp/logical-cluster';
import type { Bucket, ObjectReader } from '@kcp/object-store';

/** Names an APIExport: the path of its workspace, and its name. */
export interface ExportReference {
  readonly path: string;
  readonly name: string;
}

/** So many exports of root are remembered. */
const MOST_EXPORTS = 100;

const exportsBucket: Bucket = { group: 'apis.kcp.io', resource: 'apiexports' };
const schemasBucket: Bucket = { group: 'apis.kcp.io', resource: 'apiresourceschemas' };

/** The reference of an APIBinding. */
export function exportReference(binding: KubeObject): ExportReference {
  const reference = objectAt(objectAt(objectAt(binding, 'spec'), 'reference'), 'export');
  return { path: textAt(reference, 'path'), name: textAt(reference, 'name') };
}

/** What tells whether anything changed since it was looked at. */
type ExportReader = Pick<ObjectReader, 'generation' | 'get'>;

/** Reads root's exports of the server's own kinds, and remembers them as long as nothing changes: each new workspace is bound to some. */
export class OwnExports {
  readonly #store: ExportReader;
  #known = new Map<string, readonly JsonObject[] | undefined>();
  #generation = '';

  constructor(store: ExportReader) {
    this.#store = store;
  }

  /** The resources of an export, as bindings list them; undefined where it is none of these. */
  resources({ path, name }: ExportReference): readonly JsonObject[] | undefined {
    if (path !== root) return undefined;
    const generation = [exportsBucket, schemasBucket]
      .map((bucket) => this.#store.generation({ bucket, cluster: root }))
      .join();
    if (generation !== this.#generation) this.#known = new Map();
    this.#generation = generation;
    if (!this.#known.has(name) && this.#known.size < MOST_EXPORTS) this.#known.set(name, read(this.#store, name));
    return this.#known.has(name) ? this.#known.get(name) : read(this.#store, name);
  }
}

function read(store: ExportReader, name: string): readonly JsonObject[] | undefined {
  const found = store.get(exportsBucket, { cluster: root, namespace: '', name })?.decode();
  if (found === undefined) return undefined;
  const identityHash = textAt(objectAt(found, 'status'), 'identityHash');
  const bound: JsonObject[] = [];
  for (const resource of objectsAt(objectAt(found, 'spec'), 'resources')) {
    const [group, plural] = [textAt(resource, 'group'), textAt(resource, 'name')];
    const versions = kcpDefinition(group, plural)?.versions;
    const schema = store.get(schemasBucket, { cluster: root, namespace: '', name: textAt(resource, 'schema') });
    if (versions === undefined || schema === undefined) return undefined;
    const { name: called = '', uid = '' } = schema.decode().metadata;
    const storageVersions = versions.filter(({ storage }) => storage).map((version) => version.name);
    bound.push({ group, resource: plural, schema: { name: called, UID: uid, identityHash }, storageVersions });
  }
  return bound;
}
