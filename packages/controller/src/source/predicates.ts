import { equal, type KubeObject } from '@kcp/api-machinery';
import type { ObjectChange } from '../cache/object-change.ts';

/** Which changes a controller wants to hear of. Pure. */
export type Predicate<O extends KubeObject = KubeObject> = (change: ObjectChange<O>) => boolean;

/**
 * Changes of what is asked for, not of status or metadata: the generation moved (it also does when deletion is asked for).
 * Additions and deletions always pass, and so do objects of kinds that have no generation, such as ConfigMaps.
 */
export const generationChanged: Predicate = ({ object, previous }) => {
  const generation = previous?.metadata.generation;
  return generation === undefined || generation !== object.metadata.generation;
};

/** Changes of labels. Additions and deletions always pass. */
export const labelsChanged: Predicate = (change) => changed(change, ({ metadata }) => metadata.labels ?? {});

/** Changes of annotations. Additions and deletions always pass. */
export const annotationsChanged: Predicate = (change) => changed(change, ({ metadata }) => metadata.annotations ?? {});

/** Passes where any of them does. */
export function anyOf<O extends KubeObject>(...predicates: readonly Predicate<O>[]): Predicate<O> {
  return (change) => predicates.some((predicate) => predicate(change));
}

/** Passes where all of them do. */
export function allOf<O extends KubeObject>(...predicates: readonly Predicate<O>[]): Predicate<O> {
  return (change) => predicates.every((predicate) => predicate(change));
}

function changed(
  { kind, object, previous }: ObjectChange,
  part: (object: KubeObject) => Readonly<Record<string, string>>,
): boolean {
  return kind !== 'modified' || previous === undefined || !equal(part(previous), part(object));
}
