import type { AdmissionAttributes, AdmissionPlugin } from '@kcp/admission';
import { objectAt, textsAt, validateImmutableField, type KubeObject } from '@kcp/api-machinery';
import { EXTERNAL_LOGICAL_CLUSTER_ADMIN, LOGICAL_CLUSTER_ADMIN, MASTERS, WORKSPACE_BOOTSTRAPPER } from '@kcp/auth';
import type { ObjectReader } from '@kcp/object-store';
import { logicalClusters } from '../buckets.ts';
import { isInactive, phaseOf, storedLogicalCluster } from '../cluster/logical-cluster.ts';
import { LOGICAL_CLUSTER_FINALIZER } from '../well-known.ts';
import { isAbout, refused } from './subject.ts';

const MANAGERS: ReadonlySet<string> = new Set([
  MASTERS,
  LOGICAL_CLUSTER_ADMIN,
  EXTERNAL_LOGICAL_CLUSTER_ADMIN,
  WORKSPACE_BOOTSTRAPPER,
]);

/** Phases in the order in which they follow; what is not listed comes before all. */
const ORDER: ReadonlyMap<string, number> = new Map([
  ['', 1],
  ['Scheduling', 2],
  ['Initializing', 3],
  ['Ready', 4],
]);

/**
 * A LogicalCluster is made and removed by the server only, keeps its finalizer as long as it is not being deleted, and others
 * change of it what takes it forward (kcp's core.kcp.io/LogicalCluster and LogicalClusterDeletionFinalizer).
 */
export function logicalClusterAdmission(store: Pick<ObjectReader, 'get'>): AdmissionPlugin {
  return {
    name: 'core.kcp.io/LogicalCluster',
    mutate: (attributes) => {
      const { object, oldObject, operation, subresource } = attributes;
      const isWrite = operation === 'CREATE' || operation === 'UPDATE';
      if (!isAbout(attributes, logicalClusters) || !isWrite || !object) return object;
      if (subresource === '') return withFinalizer(object);
      return oldObject ? beginning(object, oldObject) : object;
    },
    validate: (attributes) => {
      if (!isAbout(attributes, logicalClusters)) return;
      if (attributes.user.groups.some((group) => MANAGERS.has(group))) return;
      const why = refusal(store, attributes);
      if (why !== undefined) throw refused(attributes, why);
    },
  };
}

/** What begins to initialize waits for all that its spec names. */
function beginning(object: KubeObject, old: KubeObject): KubeObject {
  if (phaseOf(object) !== 'Initializing' || phaseOf(old) === 'Initializing') return object;
  const { initializers, terminators } = objectAt(object, 'spec');
  const { initializers: _, terminators: __, ...status } = objectAt(object, 'status');
  const begun = { ...status, ...(initializers && { initializers }), ...(terminators && { terminators }) };
  return { ...object, status: begun };
}

function withFinalizer(object: KubeObject): KubeObject {
  const { finalizers = [], deletionTimestamp } = object.metadata;
  if (deletionTimestamp !== undefined || finalizers.includes(LOGICAL_CLUSTER_FINALIZER)) return object;
  return { ...object, metadata: { ...object.metadata, finalizers: [...finalizers, LOGICAL_CLUSTER_FINALIZER] } };
}

function refusal(store: Pick<ObjectReader, 'get'>, attributes: AdmissionAttributes): string | undefined {
  const { operation, object, oldObject, cluster } = attributes;
  switch (operation) {
    case 'CREATE':
      return 'LogicalCluster cannot be created';
    case 'UPDATE':
      return object && oldObject && changeRefusal(object, oldObject);
    case 'DELETE': {
      const current = storedLogicalCluster(store, cluster)?.decode();
      const isOpen = current !== undefined && objectAt(current, 'spec')['directlyDeletable'] === true;
      return isOpen ? undefined : 'LogicalCluster cannot be deleted';
    }
    case 'CONNECT':
      return undefined;
  }
}

/** The first of the rules that a change breaks, in the order in which kcp asks. */
function changeRefusal(object: KubeObject, old: KubeObject): string | undefined {
  const [spec, specBefore] = [objectAt(object, 'spec'), objectAt(old, 'spec')];
  const [error] = validateImmutableField(spec['createdBy'] ?? null, specBefore['createdBy'] ?? null, 'spec.createdBy');
  if (error) return `${error.field}: ${error.message}`;
  const wanted = new Set(textsAt(spec, 'initializers'));
  if (!same(wanted, new Set(textsAt(specBefore, 'initializers')))) return 'spec.initializers is immutable';
  const change = { phase: phaseOf(object), before: phaseOf(old) };
  return initializersRefusal(object, old, { ...change, wanted }) ?? phaseRefusal(object, old, change);
}

interface PhaseChange {
  readonly phase: string;
  readonly before: string;
}

function initializersRefusal(
  object: KubeObject,
  old: KubeObject,
  { phase, before, wanted }: PhaseChange & { readonly wanted: ReadonlySet<string> },
): string | undefined {
  const left = new Set(textsAt(objectAt(object, 'status'), 'initializers'));
  const had = new Set(textsAt(objectAt(old, 'status'), 'initializers'));
  if (phase === 'Initializing') {
    if (before !== phase) return same(wanted, left) ? undefined : 'status.initializers do not equal spec.initializers';
    return [...left].every((name) => had.has(name)) ? undefined : 'status.initializers must not grow';
  }
  if (before === 'Initializing' && left.size > 0) return 'status.initializers is not empty';
  return same(had, left) ? undefined : 'status.initializers is immutable after initialization';
}

function phaseRefusal(object: KubeObject, old: KubeObject, { phase, before }: PhaseChange): string | undefined {
  if ((ORDER.get(before) ?? 0) > (ORDER.get(phase) ?? 0)) return `cannot transition from "${before}" to "${phase}"`;
  if (phase === 'Ready' || isInactive(old) || !isInactive(object)) return undefined;
  return `LogicalCluster can only be marked inactive in phase "Ready", but is in phase "${phase}"`;
}

function same(a: ReadonlySet<string>, b: ReadonlySet<string>): boolean {
  return a.size === b.size && [...a].every((name) => b.has(name));
}
