import { notFound, objectAt, objectsAt, textAt, type JsonObject, type KubeObject } from '@kcp/api-machinery';
import { parsePath, type ClusterPath, type LogicalCluster } from '@kcp/logical-cluster';
import type { ObjectReader } from '@kcp/object-store';
import { workspaceTypes } from '../buckets.ts';
import { resolvePath } from '../cluster/resolve-path.ts';
import { PATH_ANNOTATION } from '../well-known.ts';

/** Names a WorkspaceType: where it is, and its name. An empty path stands for wherever it is found upwards. */
export interface TypeReference {
  readonly path: string;
  readonly name: string;
}

/** A WorkspaceType and the logical cluster that it was found in. */
export interface FoundType {
  readonly object: KubeObject;
  readonly cluster: LogicalCluster;
  /** Where it is, canonically. */
  readonly path: string;
  readonly name: string;
}

/** Reads a reference from a field of an object; undefined where there is none, or it names nothing. */
export function typeReference(parent: JsonObject | KubeObject, field: string): TypeReference | undefined {
  const found = objectAt(parent, field);
  const name = textAt(found, 'name');
  return name === '' ? undefined : { path: textAt(found, 'path'), name };
}

/** The references in the list of a field. */
export function typeReferences(parent: JsonObject, field: string): readonly TypeReference[] {
  return objectsAt(parent, field).map((item) => ({ path: textAt(item, 'path'), name: textAt(item, 'name') }));
}

/** `path:name`, as types are named in messages and annotations. */
export function qualified({ path, name }: TypeReference): string {
  return `${path}:${name}`;
}

/** The initializer and the terminator of a type are called after its logical cluster, which stays the same (kcp's InitializerForType). */
export function lifecycleName({ cluster, name }: Pick<FoundType, 'cluster' | 'name'>): string {
  return `${cluster}:${name}`;
}

/** Takes `path:name` apart; undefined where there is no path. */
export function parseQualified(text: string): TypeReference | undefined {
  const at = text.lastIndexOf(':');
  return at <= 0 ? undefined : { path: text.slice(0, at), name: text.slice(at + 1) };
}

/** Finds a type where a reference says that it is. Undefined where it is not there. */
export function findType(store: Pick<ObjectReader, 'get'>, { path, name }: TypeReference): FoundType | undefined {
  const parsed = parsePath(path);
  const cluster = parsed && resolvePath(store, parsed);
  const object = cluster && store.get(workspaceTypes.bucket, { cluster, namespace: '', name })?.decode();
  if (!object || !cluster) return undefined;
  return { object, cluster, path: object.metadata.annotations?.[PATH_ANNOTATION] ?? cluster, name };
}

/** What is said of a type that is not where a reference says. */
export function typeNotFound(reference: TypeReference): Error {
  return notFound(workspaceTypes.resource, qualified(reference));
}

/** The parents of a path, nearest first, and the root at last. */
export function upwards(path: ClusterPath): readonly string[] {
  const segments = path.split(':');
  const found = segments.map((_, at) => segments.slice(0, segments.length - at).join(':'));
  return found.includes('root') ? found : [...found, 'root'];
}
