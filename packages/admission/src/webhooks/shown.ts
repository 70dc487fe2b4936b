import type { GroupVersionKind, KubeObject } from '@kcp/api-machinery';
import { ApiError } from '@kcp/api-machinery';
import { clusterAnnotation } from '@kcp/object-store';
import type { AdmissionAttributes, EquivalentKind } from '../admission.ts';
import type { Match } from '../matching/match.ts';
import { internalError } from './call-failure.ts';

/** The objects of a request as webhooks see them, in one version. */
export interface Shown {
  readonly object: KubeObject | undefined;
  readonly oldObject: KubeObject | undefined;
}

/**
 * The objects of a request in whatever version somebody wants to see them, each converted once. What is stored bears the name of its
 * logical cluster, new objects too, although it is written down with them only later.
 */
export class ShownObjects {
  readonly #attributes: AdmissionAttributes;
  readonly #versions = new Map<string, Promise<Shown>>();
  readonly #own: Shown;

  constructor(attributes: AdmissionAttributes) {
    this.#attributes = attributes;
    const { object, oldObject } = attributes;
    this.#own = { object: object && this.#annotated(object), oldObject };
  }

  /** The objects as a match wants them. Throws ApiError where they cannot be converted. */
  in({ equivalent }: Match): Shown | Promise<Shown> {
    if (equivalent === undefined) return this.#own;
    const key = keyOf(equivalent.kind);
    const known = this.#versions.get(key) ?? this.#convert(equivalent);
    this.#versions.set(key, known);
    return known;
  }

  async #convert(to: EquivalentKind): Promise<Shown> {
    const { object, oldObject } = this.#own;
    try {
      return { object: object && (await to.to(object)), oldObject: oldObject && (await to.to(oldObject)) };
    } catch (error) {
      throw error instanceof ApiError ? internalError(error.message, error) : error;
    }
  }

  #annotated(object: KubeObject): KubeObject {
    const { cluster, kind, resource } = this.#attributes;
    if (kind.group !== resource.group || object.metadata.annotations?.[clusterAnnotation] === cluster) return object;
    const annotations = { ...object.metadata.annotations, [clusterAnnotation]: cluster };
    return { ...object, metadata: { ...object.metadata, annotations } };
  }
}

/** An object that webhooks changed, without what it was only shown with. */
export function withoutShown(object: KubeObject, before: KubeObject): KubeObject {
  const { annotations } = object.metadata;
  if (annotations?.[clusterAnnotation] === undefined || before.metadata.annotations?.[clusterAnnotation] !== undefined)
    return object;
  const { [clusterAnnotation]: _, ...kept } = annotations;
  const { annotations: __, ...metadata } = object.metadata;
  return { ...object, metadata: { ...metadata, ...(Object.keys(kept).length > 0 && { annotations: kept }) } };
}

function keyOf({ group, version, kind }: GroupVersionKind): string {
  return `${group}/${version} ${kind}`;
}
