import { byCodePoint, isObject, objectAt, textsAt, type JsonObject, type KubeObject } from '@kcp/api-machinery';

/** Labels and their values. */
export type Labels = Readonly<Record<string, string>>;

/** A name has at most so many characters before its random end. */
const LONGEST_NAME = 252;

/** The labels that a partition's shards have in common, by a text that is the same for the same labels. */
export type Partitions = ReadonlyMap<string, Labels>;

/** What a PartitionSet makes partitions by: labels whose values set shards apart, and labels that all of them have. */
export function dimensionsOf(set: KubeObject): readonly string[] {
  return [...new Set(textsAt(objectAt(set, 'spec'), 'dimensions'))].sort(byCodePoint);
}

/**
 * One partition for every combination of values that a shard has; shards that lack one of the labels are in none (kcp's partition).
 * `selected` are the labels that the selector of the shards names.
 */
export function partitionsOf(
  shards: readonly Labels[],
  dimensions: readonly string[],
  selected: readonly string[],
): Partitions {
  const names = [...new Set([...dimensions, ...selected])].sort(byCodePoint);
  const found = new Map<string, Labels>();
  for (const labels of names.length === 0 ? [] : shards) {
    if (!names.every((name) => Object.hasOwn(labels, name))) continue;
    const common = Object.fromEntries(names.map((name) => [name, labels[name] ?? '']));
    found.set(textOf(common), common);
  }
  return found;
}

/** A text for labels, the same for the same ones. */
export function textOf(labels: Labels): string {
  return JSON.stringify(Object.entries(labels).sort(([a], [b]) => byCodePoint(a, b)));
}

/** How the names of a set's partitions begin: with its own and the values of its dimensions. */
export function partitionPrefix(set: string, dimensions: readonly string[], labels: Labels): string {
  const name = [set, ...dimensions.map((dimension) => (labels[dimension] ?? '').toLowerCase())].join('-');
  return `${name.slice(0, LONGEST_NAME)}-`;
}

/** Labels of an object, or of a part of one. */
export function labelsAt(parent: JsonObject, field: string): Labels {
  const found = parent[field];
  if (found === undefined || !isObject(found)) return {};
  const texts = Object.entries(found).filter((entry): entry is [string, string] => typeof entry[1] === 'string');
  return Object.fromEntries(texts);
}
