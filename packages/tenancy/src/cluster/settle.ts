import { hash as digest } from 'node:crypto';
import { objectAt, textAt, textsAt, type JsonObject, type KubeObject } from '@kcp/api-machinery';
import { ownerNameText } from '../admission/owner.ts';
import { withCondition } from '../conditions.ts';
import { INITIALIZER_LABEL_PREFIX, OWNER_ANNOTATION, PHASE_LABEL, TERMINATOR_LABEL_PREFIX } from '../well-known.ts';
import { isInactive } from './logical-cluster.ts';

/** A label value has at most so many characters; the name of a lifecycle label is filled up to as many. */
const LABEL_LENGTH = 63;

/** What a LogicalCluster is settled with. */
export interface Settlement {
  /** Where it is served. */
  readonly url: string;
  /** RFC 3339. */
  readonly now: string;
}

/**
 * A LogicalCluster as its state asks for: phase, condition, URL, the labels that selectors find it by. The same object where
 * nothing changes. Pure: birth and reconciliation say the same.
 */
export function settle(object: KubeObject, { url, now }: Settlement): KubeObject {
  const status = withPhase(object, now);
  const settled = textAt(status, 'URL') === url ? status : { ...status, URL: url };
  const next = settled === objectAt(object, 'status') ? object : { ...object, status: settled };
  return withMarks(next);
}

function withPhase(object: KubeObject, now: string): JsonObject {
  const status = objectAt(object, 'status');
  const phase = textAt(status, 'phase');
  if (object.metadata.deletionTimestamp !== undefined) {
    const ending = textsAt(status, 'terminators').length > 0 ? 'Terminating' : 'Deleting';
    return phase === ending ? status : { ...status, phase: ending };
  }
  if (phase === '' || phase === 'Scheduling') return initialized(begun(object, status), now);
  if (phase === 'Initializing') return initialized(status, now);
  if (phase === 'Ready' && isInactive(object)) return { ...status, phase: 'Inactive' };
  if (phase === 'Inactive' && !isInactive(object)) return { ...status, phase: 'Ready' };
  return status;
}

/** What is to be done before and after its life is taken over from the spec. */
function begun({ spec }: KubeObject, status: JsonObject): JsonObject {
  const asked = objectAt({ spec: spec ?? {} }, 'spec');
  const [initializers, terminators] = [textsAt(asked, 'initializers'), textsAt(asked, 'terminators')];
  return {
    ...status,
    phase: 'Initializing',
    ...(initializers.length > 0 && { initializers }),
    ...(terminators.length > 0 && { terminators }),
  };
}

function initialized(status: JsonObject, now: string): JsonObject {
  const left = textsAt(status, 'initializers');
  if (left.length > 0) return withCondition(status, waiting(left), now);
  const { initializers: _, ...rest } = status;
  return withCondition({ ...rest, phase: 'Ready' }, { type: 'WorkspaceInitialized', status: 'True' }, now);
}

/** The condition of what waits for initializers. */
export function waiting(initializers: readonly string[]): Parameters<typeof withCondition>[1] {
  return {
    type: 'WorkspaceInitialized',
    status: 'False',
    severity: 'Info',
    reason: 'InitializerExists',
    message: `Initializers still exist: [${initializers.join(' ')}]`,
  };
}

/** The label that a lifecycle controller's virtual workspace selects by (kcp's InitializerToLabel). */
export function lifecycleLabel(prefix: string, name: string): readonly [key: string, value: string] {
  const hash = digest('sha224', name);
  return [prefix + hash.slice(0, LABEL_LENGTH - prefix.length), hash];
}

function withMarks(object: KubeObject): KubeObject {
  const status = objectAt(object, 'status');
  const { labels = {}, annotations = {} } = object.metadata;
  const isMark = (key: string): boolean =>
    key === PHASE_LABEL || key.startsWith(INITIALIZER_LABEL_PREFIX) || key.startsWith(TERMINATOR_LABEL_PREFIX);
  const marks = new Map([
    [PHASE_LABEL, textAt(status, 'phase')],
    ...textsAt(status, 'initializers').map((name) => lifecycleLabel(INITIALIZER_LABEL_PREFIX, name)),
    ...textsAt(status, 'terminators').map((name) => lifecycleLabel(TERMINATOR_LABEL_PREFIX, name)),
  ]);
  const old = Object.entries(labels).filter(([key]) => isMark(key));
  const same = old.length === marks.size && old.every(([key, value]) => marks.get(key) === value);
  const owner = textAt(status, 'phase') === 'Ready' ? ownerNameText(annotations[OWNER_ANNOTATION]) : undefined;
  const keepsOwner = owner === undefined || owner === annotations[OWNER_ANNOTATION];
  if (same && keepsOwner) return object;
  const others = Object.entries(labels).filter(([key]) => !isMark(key));
  const metadata = { ...object.metadata, labels: Object.fromEntries([...others, ...marks]) };
  if (keepsOwner) return { ...object, metadata };
  return { ...object, metadata: { ...metadata, annotations: { ...annotations, [OWNER_ANNOTATION]: owner } } };
}
