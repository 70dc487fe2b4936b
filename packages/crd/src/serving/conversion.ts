import { type KubeObject, parseApiVersion } from '@kcp/api-machinery';
import { convertByWebhook, type ConversionWebhook } from './conversion-webhook.ts';
import { decodeStored, pruned, renamed } from './decode-custom.ts';
import type { KindVersion } from './kind-version.ts';

/** All versions of a kind and how objects get from one to another. */
export interface VersionSet {
  /** Who converts; absent: only the apiVersion changes. */
  readonly webhook: ConversionWebhook | undefined;
  readonly storage: KindVersion;
  /** Every version in the spec, served or not. */
  find(version: string): KindVersion | undefined;
}

/** Into the form that is stored: the storage version's, pruned and defaulted by its schema. Throws where conversion fails. */
export function toStored(set: VersionSet, version: KindVersion, object: KubeObject): KubeObject | Promise<KubeObject> {
  if (version === set.storage) return object;
  const converted = convert(set, object, set.storage);
  return converted instanceof Promise
    ? converted.then((other) => decodeStored(set.storage, other))
    : decodeStored(set.storage, converted);
}

/**
 * What was stored, in a version: pruned and defaulted by the schema of the version it is stored in, then converted and pruned. All
 * that needs a webhook goes to it together, and the order stays. Throws for all where one fails.
 */
export function fromStored(
  set: VersionSet,
  version: KindVersion,
  objects: readonly KubeObject[],
): readonly KubeObject[] | Promise<readonly KubeObject[]> {
  const reads = objects.map((object) => read(set, version, object));
  const { webhook } = set;
  if (webhook !== undefined && reads.some(({ isForeign }) => isForeign)) return throughWebhook(webhook, version, reads);
  return reads.map(({ current, isForeign, finish }) => (isForeign ? finish(renamed(version, current)) : current));
}

interface Read {
  readonly current: KubeObject;
  /** It is of another version than the one that is wanted. */
  readonly isForeign: boolean;
  /** What the schema of the wanted version does with what conversion gave. */
  readonly finish: (converted: KubeObject) => KubeObject;
}

function read(set: VersionSet, version: KindVersion, object: KubeObject): Read {
  const stored = set.find(parseApiVersion(object.apiVersion)?.version ?? '');
  // of a version that is gone there is no schema: the wanted one's has to do all
  if (stored === undefined) {
    return { current: object, isForeign: true, finish: (converted) => decodeStored(version, converted) };
  }
  const finish = (converted: KubeObject): KubeObject => pruned(version, converted);
  return { current: decodeStored(stored, object), isForeign: stored !== version, finish };
}

async function throughWebhook(
  webhook: ConversionWebhook,
  version: KindVersion,
  reads: readonly Read[],
): Promise<readonly KubeObject[]> {
  const foreign = reads.filter(({ isForeign }) => isForeign);
  const converted = await convertByWebhook(
    webhook,
    foreign.map(({ current }) => current),
    version,
  );
  const results = new Map(foreign.map((one, at) => [one, converted[at]]));
  return reads.map((one) => {
    const other = results.get(one);
    return other === undefined ? one.current : one.finish(other);
  });
}

/** An object in another version, as it is converted: neither pruned nor defaulted. */
export function convert(set: VersionSet, object: KubeObject, to: KindVersion): KubeObject | Promise<KubeObject> {
  if (set.webhook === undefined || object.apiVersion === to.apiVersion) return renamed(to, object);
  return convertByWebhook(set.webhook, [object], to).then(([converted]) => converted ?? object);
}
