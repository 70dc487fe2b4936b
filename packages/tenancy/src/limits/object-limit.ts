import type { AdmissionAttributes, AdmissionPlugin } from '@kcp/admission';
import type { KubeObject } from '@kcp/api-machinery';
import { root, type LogicalCluster } from '@kcp/logical-cluster';
import type { ObjectReader } from '@kcp/object-store';
import { refused } from '../admission/subject.ts';
import { phaseOf, storedLogicalCluster } from '../cluster/logical-cluster.ts';
import { MAX_TOTAL_OBJECTS_ANNOTATION } from '../well-known.ts';
import { countObjects } from './count-objects.ts';

/** How the objects of logical clusters are limited. */
export interface ObjectLimitOptions {
  readonly store: Pick<ObjectReader, 'buckets' | 'count' | 'get'>;
  /** How many objects a logical cluster may have that does not say itself; 0: as many as it likes. */
  readonly defaultLimit: number;
  /** What was counted holds for so long, in milliseconds, with what is created and deleted meanwhile. */
  readonly recountMs: number;
  /** In milliseconds. */
  readonly clock: () => number;
}

/** Of so many logical clusters that have a limit it is remembered how many objects they have. */
const REMEMBERED = 10_000;

/** A whole number, as strconv.ParseInt reads it. */
const NUMBER = /^[+-]?\d{1,18}$/;

/** A logical cluster that is written into. */
interface Counted {
  /** Of the LogicalCluster that said the limit. */
  readonly revision: number;
  readonly limit: number;
  total: number;
  /** When it was counted; undefined: never. */
  at: number | undefined;
  counting: Promise<void> | undefined;
}

/**
 * Refuses what would be one object too many in a logical cluster (kcp's core.kcp.io/LogicalClusterObjectCountLimit). The limit is what the
 * LogicalCluster's annotation says, else the server's default, which does not hold for root and for the system's own. What was counted
 * is counted on from there, and counted anew now and then: limits are kept to within what is under way, not to the object.
 */
export function objectLimit(options: ObjectLimitOptions): AdmissionPlugin {
  const known = new Map<LogicalCluster, Counted>();
  return {
    name: 'core.kcp.io/LogicalClusterObjectCountLimit',
    validate: (attributes) => {
      if (!counts(attributes)) return;
      const counted = find(known, options, attributes.cluster);
      if (counted.limit <= 0) return;
      if (attributes.operation === 'DELETE') {
        if (!attributes.dryRun) counted.total -= 1;
        return;
      }
      const { at } = counted;
      if (at !== undefined && options.clock() - at < options.recountMs) return admitOne(counted, attributes);
      return recount(options, attributes.cluster, counted).then(() => admitOne(counted, attributes));
    },
  };
}

/** What makes a workspace, and events, are not limited: the first must not fail half-way, the others say why nothing works. */
function counts({ operation, subresource, resource, name }: AdmissionAttributes): boolean {
  if ((operation !== 'CREATE' && operation !== 'DELETE') || subresource !== '') return false;
  switch (resource.resource) {
    case 'logicalclusters':
      return resource.group !== 'core.kcp.io';
    case 'clusterrolebindings':
      return resource.group !== 'rbac.authorization.k8s.io' || name !== 'workspace-admin';
    case 'events':
      return resource.group !== '' && resource.group !== 'events.k8s.io';
    default:
      return true;
  }
}

function find(known: Map<LogicalCluster, Counted>, options: ObjectLimitOptions, cluster: LogicalCluster): Counted {
  const stored = storedLogicalCluster(options.store, cluster);
  const revision = stored?.revision ?? 0;
  const before = known.get(cluster);
  if (before?.revision === revision) return before;
  const limit = limitOf(cluster, stored?.decode(), options.defaultLimit);
  const counted = { ...(before ?? { total: 0, at: undefined, counting: undefined }), revision, limit };
  known.delete(cluster);
  known.set(cluster, counted);
  const [oldest] = known.keys();
  if (known.size > REMEMBERED && oldest !== undefined) known.delete(oldest);
  return counted;
}

/** Nothing is limited before a logical cluster is ready, nor where there is none. */
function limitOf(cluster: LogicalCluster, object: KubeObject | undefined, defaultLimit: number): number {
  if (object === undefined || phaseOf(object) !== 'Ready') return 0;
  const said = object.metadata.annotations?.[MAX_TOTAL_OBJECTS_ANNOTATION];
  if (said !== undefined && NUMBER.test(said)) return Number(said);
  return cluster === root || cluster.startsWith('system:') ? 0 : defaultLimit;
}

/** Counts once, however many wait for it. */
function recount(options: ObjectLimitOptions, cluster: LogicalCluster, counted: Counted): Promise<void> {
  counted.counting ??= countObjects(options.store, cluster, counted.limit)
    .then((total) => {
      counted.total = total;
      counted.at = options.clock();
    })
    .finally(() => {
      counted.counting = undefined;
    });
  return counted.counting;
}

function admitOne(counted: Counted, attributes: AdmissionAttributes): void {
  const { total, limit } = counted;
  if (total >= limit) {
    const where = `logical cluster ${JSON.stringify(attributes.cluster)}`;
    const why = `has reached its total object count limit (${total}/${limit} objects); delete objects to free up capacity`;
    throw refused(attributes, `${where} ${why}`);
  }
  if (!attributes.dryRun) counted.total += 1;
}
