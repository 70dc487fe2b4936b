import { formatApiVersion, notFound } from '@kcp/api-machinery';
import type { GroupVersionResource, JsonObject, KubeObject } from '@kcp/api-machinery';
import type { UserInfo } from '@kcp/auth';
import type { LogicalCluster } from '@kcp/logical-cluster';
import type { Sequel } from '@kcp/object-store';
import type { Catalog } from './catalog.ts';
import type { ServedResource, UpdateStrategy, WriteContext } from './served-resource.ts';
import { nothingHere } from './present/respond.ts';
import { ownOptions, timestamp } from './verbs/write-context.ts';
import { create, prepareCreate } from './write/create.ts';
import { remove } from './write/delete.ts';
import { plainDelete, type DeleteOptions } from './write/delete-options.ts';
import { prepareSequel } from './write/sequel.ts';
import type { UpdateRequest } from './write/update-request.ts';
import { prepareUpdate, update } from './write/update.ts';
import type { PreparedWrite, WriteDeps, WriteRequest, Written } from './write/write-request.ts';

/** The address of an object for a writer in the process. The namespace of a cluster-scoped object is the empty text. */
export interface ObjectAddress {
  readonly cluster: LogicalCluster;
  readonly resource: GroupVersionResource;
  readonly namespace: string;
  readonly name: string;
  /** What is written to where the catalog does not have it: the stored version of a kind, which need not be served. */
  readonly served?: ServedResource;
}

/** Writes for controllers in the process: the same write path, admission included, without HTTP. Throws ApiError. */
export interface InProcessWriter {
  create(address: Omit<ObjectAddress, 'name'>, object: Omit<KubeObject, 'apiVersion' | 'kind'>): Promise<KubeObject>;
  /** Changes an object, or a part of it (`status`, `finalize`), as it is at the time of the commit; the same object: nothing is written. */
  update(address: ObjectAddress, change: (old: KubeObject) => KubeObject, subresource?: string): Promise<KubeObject>;
  remove(address: ObjectAddress, options?: Partial<DeleteOptions>): Promise<void>;
}

/** A writer that also gives writes that are not committed yet. */
export interface PreparingWriter extends InProcessWriter {
  /**
   * As `create`, up to the commit, for who commits several writes together. `status` is stored with it as it is: clients have to
   * write it afterwards, the server itself may know it at once.
   */
  prepareCreate(
    address: Omit<ObjectAddress, 'name'>,
    object: Omit<KubeObject, 'apiVersion' | 'kind'>,
    status?: JsonObject,
  ): Promise<PreparedWrite>;
  /** As `update`, of the object and its status in one write: what only the server itself may, which knows both. */
  updateWhole(address: ObjectAddress, change: (old: KubeObject) => KubeObject): Promise<KubeObject>;
  /** As `updateWhole`, of an object that a commit is about to create, for that same commit; undefined where it has to wait until it is there. */
  prepareSequel(
    address: ObjectAddress,
    created: PreparedWrite,
    change: (old: KubeObject) => KubeObject,
  ): Promise<Sequel | undefined>;
  /** As `update`, up to the commit, for who commits several writes together; undefined where nothing changes. Throws NotFound. */
  prepareUpdate(
    address: ObjectAddress,
    change: (old: KubeObject) => KubeObject,
    subresource?: string,
  ): Promise<PreparedWrite | undefined>;
}

/** Whose the fields are that the server's own controllers write. */
const OWN_MANAGER = 'kcp';

/** A writer in the name of a user: what the controllers of the server are to authorization and admission. */
export function inProcessWriter(
  deps: WriteDeps & { readonly catalog: Catalog; readonly clock: () => number },
  user: UserInfo,
): PreparingWriter {
  const find = ({
    cluster,
    resource: { group, version, resource },
    served,
  }: Pick<ObjectAddress, 'cluster' | 'resource' | 'served'>): ServedResource => {
    const known = served ?? deps.catalog.everywhere?.(group, version, resource);
    const found = known ?? deps.catalog.of(cluster).find(group, version, resource);
    if (!found) throw nothingHere();
    return found;
  };
  const request = (address: ObjectAddress, resource: ServedResource, subresource = ''): WriteRequest => {
    const { cluster, namespace, name } = address;
    const context: WriteContext = {
      cluster,
      user,
      namespace,
      name,
      dryRun: false,
      now: timestamp(deps.clock()),
      warn: () => {},
    };
    return { resource, context, options: ownOptions, subresource, manager: OWN_MANAGER };
  };
  const changeRequest = (
    address: ObjectAddress,
    change: (old: KubeObject) => KubeObject,
    subresource: string,
  ): UpdateRequest => {
    const resource = find(address);
    const part = subresource === '' ? undefined : resource.subresources[subresource];
    const strategy = part?.kind === 'part' ? part.strategy : resource.strategy;
    return updateRequest(address, change, { resource, strategy, subresource });
  };
  const updateRequest = (
    address: ObjectAddress,
    change: (old: KubeObject) => KubeObject,
    { resource, strategy, subresource }: UpdateTarget,
  ): UpdateRequest => {
    const options = { strategy, change, replaces: false, unconditional: true, takesTurns: false };
    return { ...request(address, resource, subresource), ...options };
  };
  const wholeRequest = (address: ObjectAddress, change: (old: KubeObject) => KubeObject): UpdateRequest => {
    const resource = find(address);
    return updateRequest(address, change, { resource, strategy: keepingStatus(resource.strategy), subresource: '' });
  };
  return {
    create: async (address, object) => {
      const resource = find(address);
      const typed = { ...object, kind: resource.kind, apiVersion: formatApiVersion(resource.gvr) } as KubeObject;
      return written(await create(deps, request({ ...address, name: '' }, resource), typed));
    },
    update: async (address, change, subresource = '') =>
      written(await update(deps, changeRequest(address, change, subresource))),
    prepareCreate: async (address, object, status) => {
      const resource = find(address);
      const typed = { ...object, kind: resource.kind, apiVersion: formatApiVersion(resource.gvr) } as KubeObject;
      // what is defined has its defaults in its schema
      const whole = resource.origin === 'custom' ? resource.decode(typed).object : typed;
      const prepared = await prepareCreate(deps, request({ ...address, name: '' }, resource), whole);
      return status === undefined ? prepared : withStatus(prepared, status);
    },
    updateWhole: async (address, change) => written(await update(deps, wholeRequest(address, change))),
    prepareSequel: (address, created, change) => prepareSequel(deps, wholeRequest(address, change), created),
    prepareUpdate: async (address, change, subresource = '') => {
      const asked = changeRequest(address, change, subresource);
      const current = deps.store.get(asked.resource.bucket, address);
      if (current === undefined) throw notFound(asked.resource.gvr, address.name);
      return (await prepareUpdate(deps, asked, current)).prepared;
    },
    remove: async (address, options) => {
      await remove(deps, request(address, find(address)), { ...plainDelete, ...options });
    },
  };
}

function written(result: Written): KubeObject {
  return result.kind === 'stored' ? result.stored.decode() : result.object;
}

function withStatus({ write, ...prepared }: PreparedWrite, status: JsonObject): PreparedWrite {
  if (write.kind !== 'create') return { ...prepared, write };
  const object = { ...prepared.object, status };
  return { ...prepared, object, write: { ...write, object: { ...write.object, status } } };
}

interface UpdateTarget {
  readonly resource: ServedResource;
  readonly strategy: UpdateStrategy;
  readonly subresource: string;
}

/** The rules of updates, but that the status is what the change made it. */
function keepingStatus(strategy: UpdateStrategy): UpdateStrategy {
  return {
    ...strategy,
    prepareForUpdate: (object, old, context) => {
      const prepared = strategy.prepareForUpdate?.(object, old, context) ?? object;
      return object['status'] === undefined ? prepared : { ...prepared, status: object['status'] };
    },
  };
}
