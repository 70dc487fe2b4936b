import { matchesLabels, type KubeObject } from '@kcp/api-machinery';
import type { LogicalCluster } from '@kcp/logical-cluster';
import type { Bucket, ObjectReader, StoredObject } from '@kcp/object-store';
import type { ApplySchema } from '@kcp/patch';
import type { Match } from '../matching/match.ts';
import type { ParamKind, ParamRef } from './stored-policy.ts';

/** A kind that parameters may be of, as a logical cluster serves it. */
export interface ParamResource {
  readonly bucket: Bucket;
  readonly namespaced: boolean;
  /** Objects as this version has them. Throws ApiError where one cannot be converted. */
  read(stored: readonly StoredObject[]): Promise<readonly KubeObject[]>;
}

/** What policies need to know of what a logical cluster serves. */
export interface PolicyResources {
  /** Undefined where no such kind is served. */
  kind(cluster: LogicalCluster, kind: ParamKind): Promise<ParamResource | undefined>;
  /** How finely the fields of a resource are owned, which is how configurations are merged; undefined where it is not known. */
  fields(cluster: LogicalCluster, seen: Pick<Match, 'resource' | 'kind'>): ApplySchema | undefined;
}

/** A binding names parameters that cannot be had. What it says follows `failed to configure binding: `. */
export class ParamError extends Error {}

/** Whose parameters, and of which kind. */
export interface ParamQuery {
  readonly cluster: LogicalCluster;
  /** Of the request; empty for what is in none. */
  readonly namespace: string;
  readonly resource: ParamResource;
  readonly ref: ParamRef;
}

/** So many parameters are read before others have their turn; a policy runs once for each. */
const PAGE = 500;
/** The most parameters that one binding may select: the policy runs for each of them on every request. */
const MOST = 10_000;

/** The parameters that a binding names; none where it may do without. Throws ParamError (k8s.io/apiserver generic.CollectParams). */
export async function collectParams(store: ObjectReader, query: ParamQuery): Promise<readonly KubeObject[]> {
  const found = await find(store, query, namespaceOf(query));
  if (found.length === 0 && query.ref.notFound === 'Deny')
    throw new ParamError('no params found for policy binding with `Deny` parameterNotFoundAction');
  return found;
}

function namespaceOf({ namespace, resource, ref }: ParamQuery): string {
  if (!resource.namespaced) {
    if (ref.namespace === '') return '';
    throw new ParamError('paramRef.namespace must not be provided for a cluster-scoped `paramKind`');
  }
  const own = ref.namespace === '' ? namespace : ref.namespace;
  if (own !== '') return own;
  throw new ParamError('cannot use namespaced paramRef in policy binding that matches cluster-scoped resources');
}

async function find(
  store: ObjectReader,
  { cluster, resource, ref }: ParamQuery,
  namespace: string,
): Promise<readonly KubeObject[]> {
  const { bucket } = resource;
  if (ref.name !== '') {
    const stored = store.get(bucket, { cluster, namespace, name: ref.name });
    return stored ? resource.read([stored]) : [];
  }
  const { selector } = ref;
  if (selector === undefined) throw new ParamError('one of name or selector must be provided');
  const selected: StoredObject[] = [];
  let after: string | undefined;
  do {
    const page = store.page({ bucket, cluster, namespace, limit: PAGE, ...(after !== undefined && { after }) });
    selected.push(...page.objects.filter((row) => matchesLabels(selector, row.decode().metadata.labels)));
    if (selected.length > MOST) throw new ParamError(`paramRef.selector selects more than ${MOST} objects`);
    after = page.next;
    if (after !== undefined) await new Promise<void>((resolve) => setImmediate(resolve));
  } while (after !== undefined);
  return resource.read(selected);
}
