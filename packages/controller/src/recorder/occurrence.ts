import { formatMicroTime, instantOf, type JsonObject, type KubeObject } from '@kcp/api-machinery';
import type { LogicalCluster } from '@kcp/logical-cluster';

/** What happened to an object, for people to read (k8s.io/api events/v1). */
export interface Occurrence {
  readonly cluster: LogicalCluster;
  /** What it is about; the event is in its namespace, in `default` for what has none. */
  readonly regarding: KubeObject;
  /** Another object that has to do with it. */
  readonly related?: KubeObject;
  readonly type: 'Normal' | 'Warning';
  /** Why, in one CamelCase word: machines compare it. */
  readonly reason: string;
  /** What was done or tried, in one CamelCase word. */
  readonly action: string;
  /** For people; cut at 1,024 bytes. */
  readonly note: string;
}

/** Who says it. */
export interface Reporter {
  /** A qualified name, such as `kcp.io/config-spread`. */
  readonly controller: string;
  /** Which process, such as the pod's name. */
  readonly instance: string;
}

const NOTE_LIMIT = 1024;
/** Room for the suffix in a name of 253 characters. */
const NAME_LIMIT = 230;

/** Equal for occurrences that are one thing happening again: all but the note (k8s.io/client-go tools/events). */
export function sameness({ cluster, regarding, related, type, reason, action }: Occurrence): string {
  return JSON.stringify([cluster, identity(regarding), related && identity(related), type, reason, action]);
}

function identity({ apiVersion, kind, metadata }: KubeObject): readonly unknown[] {
  return [apiVersion, kind, metadata.namespace, metadata.name, metadata.uid];
}

/** Where the event of an occurrence goes. */
export function namespaceOf({ regarding }: Occurrence): string {
  return regarding.metadata.namespace ?? 'default';
}

/** A name that no other event bears: the object's and a number that only grows. */
export function eventName({ regarding }: Occurrence, unique: bigint): string {
  return `${(regarding.metadata.name ?? 'unknown').slice(0, NAME_LIMIT)}.${unique.toString(16)}`;
}

/** The Event object of an occurrence that happened once. */
export function eventObject(
  occurrence: Occurrence,
  reporter: Reporter,
  when: { readonly name: string; readonly at: number },
): KubeObject {
  const { regarding, related, type, reason, action } = occurrence;
  return {
    apiVersion: 'events.k8s.io/v1',
    kind: 'Event',
    metadata: { name: when.name, namespace: namespaceOf(occurrence) },
    eventTime: formatMicroTime(instantOf(when.at)),
    reportingController: reporter.controller,
    reportingInstance: reporter.instance,
    type,
    reason,
    action,
    note: cut(occurrence.note),
    regarding: reference(regarding),
    ...(related !== undefined && { related: reference(related) }),
  };
}

/** The patch that says that it happened so often by now. */
export function seriesPatch(count: number, lastAt: number): JsonObject {
  return { series: { count, lastObservedTime: formatMicroTime(instantOf(lastAt)) } };
}

function reference({ apiVersion, kind, metadata }: KubeObject): JsonObject {
  const { name, namespace, uid, resourceVersion } = metadata;
  return {
    apiVersion,
    kind,
    ...(name !== undefined && { name }),
    ...(namespace !== undefined && { namespace }),
    ...(uid !== undefined && { uid }),
    ...(resourceVersion !== undefined && { resourceVersion }),
  };
}

/** At a character's boundary. */
function cut(note: string): string {
  const bytes = Buffer.from(note);
  if (bytes.length <= NOTE_LIMIT) return note;
  let end = NOTE_LIMIT - 3;
  while (end > 0 && ((bytes[end] ?? 0) & 0xc0) === 0x80) end -= 1;
  return `${bytes.subarray(0, end).toString('utf8')}...`;
}
