import type { JsonObject, MutableJsonObject } from '@kcp/api-machinery';
import type { ServedVersion } from '../../catalog.ts';
import type { ServedResource } from '../../served-resource.ts';
import { Pace } from '../../verbs/breathe.ts';
import { verbsOf } from '../discovery.ts';
import { addConnectPaths } from './connect-operations.ts';
import {
  acrossNamespacesPath,
  collectionPath,
  objectPath,
  subjectOf,
  subresourceSubject,
  watchPath,
} from './operations.ts';

/** Definitions that every document may refer to: ObjectMeta, ListMeta, Status, DeleteOptions, Patch, WatchEvent, Scale, … */
export type SharedSchemas = Readonly<Record<string, JsonObject>>;

/**
 * The OpenAPI v3 document of one group version: the paths of its resources and all definitions that they refer to. Made in
 * pieces: a version may have dozens of large kinds.
 */
export async function groupVersionDocument(
  group: string,
  { version, resources }: ServedVersion,
  shared: SharedSchemas,
): Promise<JsonObject> {
  const pace = new Pace();
  const paths: MutableJsonObject = {};
  const schemas: Record<string, JsonObject> = {};
  const base = group === '' ? `/api/${version}` : `/apis/${group}/${version}`;
  for (const resource of resources) {
    const definitions = resource.openApi();
    Object.assign(schemas, definitions.schemas);
    schemas[`${definitions.name}List`] ??= listSchema(resource, definitions.name);
    addPaths(paths, base, { resource, schema: definitions.name });
    await pace.turn();
  }
  return {
    openapi: '3.0.0',
    info: { title: 'Kubernetes', version: 'unversioned' },
    paths,
    components: {
      schemas: await withReferred({ paths, schemas }, shared),
      securitySchemes: {
        BearerToken: {
          type: 'apiKey',
          description: 'Bearer Token authentication',
          name: 'authorization',
          in: 'header',
        },
      },
    },
  };
}

function addPaths(
  paths: MutableJsonObject,
  base: string,
  { resource, schema }: { resource: ServedResource; schema: string },
): void {
  const subject = subjectOf(resource, schema);
  const verbs = verbsOf(resource);
  const plural = resource.gvr.resource;
  const collection = resource.namespaced ? `${base}/namespaces/{namespace}/${plural}` : `${base}/${plural}`;
  paths[collection] = collectionPath(subject, verbs);
  if (resource.namespaced && verbs.includes('list')) paths[`${base}/${plural}`] = acrossNamespacesPath(subject);
  if (!verbs.includes('get')) return;
  paths[`${collection}/{name}`] = objectPath(
    subject,
    verbs.filter((verb) => verb !== 'create'),
  );
  for (const [name, subresource] of Object.entries(resource.subresources)) {
    if (subresource.kind === 'connect') {
      addConnectPaths(paths, `${collection}/{name}/${name}`, { subject, name, subresource });
      continue;
    }
    const part = subresourceSubject(subject, name, subresource);
    paths[`${collection}/{name}/${name}`] = objectPath(part.subject, part.verbs);
  }
  if (resource.origin !== 'builtin') return;
  const watched = collection.replace(base, `${base}/watch`);
  paths[watched] = watchPath(subject, false);
  paths[`${watched}/{name}`] = watchPath(subject, true);
  if (resource.namespaced) paths[`${base}/watch/${plural}`] = watchPath({ ...subject, within: false }, false);
}

const CONVENTIONS = 'https://git.k8s.io/community/contributors/devel/sig-architecture/api-conventions.md';

function listSchema(resource: ServedResource, name: string): JsonObject {
  const { group, version } = resource.gvr;
  return {
    description: `${resource.listKind} is a list of ${resource.kind}`,
    type: 'object',
    required: ['items'],
    properties: {
      apiVersion: {
        description: `APIVersion defines the versioned schema of this representation of an object. More info: ${CONVENTIONS}#resources`,
        type: 'string',
      },
      kind: {
        description: `Kind is a string value representing the REST resource this object represents. More info: ${CONVENTIONS}#types-kinds`,
        type: 'string',
      },
      metadata: {
        description: `Standard list metadata. More info: ${CONVENTIONS}#types-kinds`,
        allOf: [{ $ref: '#/components/schemas/io.k8s.apimachinery.pkg.apis.meta.v1.ListMeta' }],
      },
      items: {
        description: `List of ${resource.gvr.resource}. More info: ${CONVENTIONS}`,
        type: 'array',
        items: { $ref: `#/components/schemas/${name}` },
      },
    },
    'x-kubernetes-group-version-kind': [{ group, kind: resource.listKind, version }],
  };
}

const REFERENCE = /#\/components\/schemas\/([^"]+)"/g;

/** A document's own definitions and those of the shared ones that it refers to, directly or through others. */
async function withReferred(
  { paths, schemas }: { paths: JsonObject; schemas: Record<string, JsonObject> },
  shared: SharedSchemas,
): Promise<JsonObject> {
  const found: Record<string, JsonObject> = { ...schemas };
  const queue: JsonObject[] = [paths, ...Object.values(schemas)];
  const pace = new Pace();
  for (let next = queue.pop(); next !== undefined; next = queue.pop()) {
    for (const [, name = ''] of JSON.stringify(next).matchAll(REFERENCE)) {
      const schema = Object.hasOwn(shared, name) ? shared[name] : undefined;
      if (schema === undefined || Object.hasOwn(found, name)) continue;
      found[name] = schema;
      queue.push(schema);
    }
    await pace.turn();
  }
  return Object.fromEntries(Object.entries(found).sort(([a], [b]) => (a < b ? -1 : 1)));
}
