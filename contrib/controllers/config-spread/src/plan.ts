import { equal, matchesLabels, type KubeObject, type OwnerReference } from '@kcp/api-machinery';
import { SPREAD_LABEL, specOf, textsIn } from './config-spread.ts';

/** What has to be written so that the world is as a ConfigSpread asks. */
export interface Plan {
  readonly create: readonly KubeObject[];
  /** With the resourceVersion that was seen, so that nobody's later change is overwritten unseen. */
  readonly update: readonly KubeObject[];
  readonly delete: readonly KubeObject[];
  /** How many copies there are to be. */
  readonly copies: number;
}

/** What is known of the world. */
export interface World {
  readonly namespaces: readonly KubeObject[];
  /** The ConfigMaps that bear the spread's label. */
  readonly copies: readonly KubeObject[];
}

/** Decides; reads and writes nothing. Copies in namespaces that are going are left to go with them. */
export function plan(spread: KubeObject, world: World): Plan {
  const { namespaces: selector, data } = specOf(spread);
  const wanted = world.namespaces
    .filter(({ metadata }) => metadata.deletionTimestamp === undefined && matchesLabels(selector, metadata.labels))
    .map(({ metadata }) => copyFor(spread, metadata.name ?? '', data));
  const existing = new Map(world.copies.map((copy) => [copy.metadata.namespace, copy]));
  const wantedIn = new Set(wanted.map(({ metadata }) => metadata.namespace));
  return {
    create: wanted.filter(({ metadata }) => !existing.has(metadata.namespace)),
    update: wanted.flatMap((copy) => {
      const found = existing.get(copy.metadata.namespace);
      return found === undefined || isAsWanted(found, copy) ? [] : [mend(found, copy)];
    }),
    delete: world.copies.filter((copy) => !wantedIn.has(copy.metadata.namespace) && isOwned(copy, spread)),
    copies: wanted.length,
  };
}

/** True for a ConfigMap that this very spread controls, not another of its name. */
export function isOwned(copy: KubeObject, spread: KubeObject): boolean {
  return (copy.metadata.ownerReferences ?? []).some(({ uid, controller }) => controller && uid === spread.metadata.uid);
}

/** What was found, with what is wanted in it; labels and annotations that others put there stay. */
export function mend(found: KubeObject, wanted: KubeObject): KubeObject {
  const { binaryData: _binary, ...rest } = found;
  const metadata = {
    ...found.metadata,
    labels: { ...found.metadata.labels, ...wanted.metadata.labels },
    ownerReferences: wanted.metadata.ownerReferences ?? [],
  };
  return { ...rest, metadata, data: textsIn(wanted, 'data') };
}

function isAsWanted(found: KubeObject, wanted: KubeObject): boolean {
  return (
    equal(textsIn(found, 'data'), textsIn(wanted, 'data')) &&
    found['binaryData'] === undefined &&
    found.metadata.labels?.[SPREAD_LABEL] === wanted.metadata.labels?.[SPREAD_LABEL] &&
    equal(found.metadata.ownerReferences, wanted.metadata.ownerReferences)
  );
}

function copyFor(spread: KubeObject, namespace: string, data: Readonly<Record<string, string>>): KubeObject {
  const { name = '', uid = '' } = spread.metadata;
  const owner: OwnerReference = {
    apiVersion: spread.apiVersion,
    kind: spread.kind,
    name,
    uid,
    controller: true,
    blockOwnerDeletion: true,
  };
  const metadata = { name, namespace, labels: { [SPREAD_LABEL]: name }, ownerReferences: [owner] };
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata, data };
}
