import type { EquivalentKind } from '@kcp/admission';
import type { KubeObject } from '@kcp/api-machinery';
import { convert, type VersionSet } from './conversion.ts';
import { decodeCustom, decodeStored } from './decode-custom.ts';
import type { KindVersion } from './kind-version.ts';

/** The other served versions of a custom kind, as admission is shown objects in them. */
export function equivalents(
  set: VersionSet,
  own: KindVersion,
  { plural, served }: { readonly plural: string; readonly served: readonly string[] },
): readonly EquivalentKind[] {
  return served.flatMap((name) => {
    const other = set.find(name);
    return other === undefined || other === own ? [] : [equivalent(set, own, { other, plural })];
  });
}

function equivalent(
  set: VersionSet,
  own: KindVersion,
  { other, plural }: { readonly other: KindVersion; readonly plural: string },
): EquivalentKind {
  const { group, version } = other.gvk;
  return {
    resource: { group, version, resource: plural },
    kind: other.gvk,
    to: (object) => defaulted(other, convert(set, object, other)),
    from: (object) => defaulted(own, convert(set, object, own)),
    decode: (raw) => decodeCustom(other, raw).object,
  };
}

function defaulted(
  version: KindVersion,
  converted: KubeObject | Promise<KubeObject>,
): KubeObject | Promise<KubeObject> {
  return converted instanceof Promise
    ? converted.then((object) => decodeStored(version, object))
    : decodeStored(version, converted);
}
