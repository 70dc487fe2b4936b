import {
  aggregate,
  isObject,
  own,
  parseApiVersion,
  validateAnnotations,
  validateLabels,
  type Json,
  type JsonObject,
  type KubeObject,
} from '@kcp/api-machinery';
import type { KindVersion } from './kind-version.ts';

/** What must stay as it is, and what it is called where it did not. */
const IDENTITY = [
  ['name', 'name'],
  ['namespace', 'namespace'],
  ['uid', 'UID'],
] as const;

/**
 * What a webhook made of an object, with the metadata that the object had before: only labels and annotations are taken over. A
 * text says what is wrong with it (k8s.io/apiextensions-apiserver validateConvertedObject, restoreObjectMeta).
 */
export function converted(original: KubeObject, answered: Json, to: KindVersion): KubeObject | string {
  if (!isObject(answered)) return 'json: cannot unmarshal into an object';
  const wrong = wrongType(original, answered, to);
  if (wrong !== undefined) return wrong;
  const metadata = own(answered, 'metadata');
  if (metadata === undefined) return 'missing metadata in converted object';
  if (!isObject(metadata)) return 'invalid metadata in converted object: it is no object';
  const changed = changedIdentity(original, metadata);
  if (changed !== undefined) return changed;
  const labels = takenOver(original.metadata.labels, own(metadata, 'labels'), 'labels');
  if (typeof labels === 'string') return labels;
  const annotations = takenOver(original.metadata.annotations, own(metadata, 'annotations'), 'annotations');
  if (typeof annotations === 'string') return annotations;
  const { labels: _, annotations: __, ...kept } = original.metadata;
  return {
    ...answered,
    apiVersion: to.apiVersion,
    kind: to.gvk.kind,
    metadata: { ...kept, ...(labels && { labels }), ...(annotations && { annotations }) },
  };
}

function wrongType(original: KubeObject, answered: JsonObject, to: KindVersion): string | undefined {
  const [apiVersion, kind] = [textOf(answered, 'apiVersion'), textOf(answered, 'kind')];
  if (kind === '') return "Object 'Kind' is missing";
  if (apiVersion !== to.apiVersion || parseApiVersion(apiVersion) === undefined)
    return `invalid groupVersion (expected ${to.apiVersion}, received ${apiVersion})`;
  return kind === original.kind ? undefined : `invalid kind (expected ${original.kind}, received ${kind})`;
}

function changedIdentity({ metadata: was }: KubeObject, metadata: JsonObject): string | undefined {
  for (const [field, shown] of IDENTITY) {
    const [before, after] = [was[field] ?? '', textOf(metadata, field)];
    if (before !== after) return `must have the same ${shown}: ${before} != ${after}`;
  }
  return undefined;
}

/** The labels or annotations that were answered; a text where they are none. */
function takenOver(
  before: Readonly<Record<string, string>> = {},
  answered: Json | undefined,
  field: 'labels' | 'annotations',
): Readonly<Record<string, string>> | string | undefined {
  if (answered === undefined || answered === null) return undefined;
  if (!isObject(answered)) return `invalid metadata.${field} in converted object: it is no object`;
  const taken: [string, string][] = [];
  for (const [key, value] of Object.entries(answered)) {
    if (typeof value !== 'string') return `metadata.${field}[${key}] must be a string in converted object`;
    taken.push([key, value]);
  }
  const values = Object.fromEntries(taken);
  const isSame = taken.length === Object.keys(before).length && taken.every(([key, value]) => before[key] === value);
  if (isSame) return values;
  const errors =
    field === 'labels'
      ? validateLabels(values, 'metadata.labels')
      : validateAnnotations(values, 'metadata.annotations');
  return errors.length === 0 ? values : aggregate(errors);
}

function textOf(json: JsonObject, field: string): string {
  const value = own(json, field);
  return typeof value === 'string' ? value : '';
}
