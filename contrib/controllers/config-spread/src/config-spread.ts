import {
  isArray,
  isObject,
  own,
  selectorFromLabelSelector,
  type Json,
  type JsonObject,
  type KubeObject,
  type LabelSelector,
} from '@kcp/api-machinery';

/** The resource that this controller is about. */
export const configSpreads = { group: 'contrib.kcp.io', version: 'v1alpha1', resource: 'configspreads' };

export const FINALIZER = 'contrib.kcp.io/config-spread';

/** On every copy: whose it is. The controller watches only ConfigMaps that have it. */
export const SPREAD_LABEL = 'contrib.kcp.io/config-spread';

/** What a ConfigSpread asks for. */
export interface SpreadSpec {
  readonly namespaces: LabelSelector;
  readonly data: Readonly<Record<string, string>>;
}

/** A condition (API conventions, "Typical status properties"). */
export type Condition = {
  readonly type: string;
  readonly status: 'True' | 'False';
  readonly reason: string;
  readonly message: string;
  readonly observedGeneration: number;
  readonly lastTransitionTime: string;
};

/** Reads the spec of an object that the server checked against the schema. Throws ApiError 400 for a selector that is none. */
export function specOf(spread: KubeObject): SpreadSpec {
  const spec = objectIn(spread, 'spec');
  return {
    namespaces: selectorFromLabelSelector(objectIn(spec, 'namespaceSelector')),
    data: textsIn(spec, 'data'),
  };
}

/** A member that is an object; an empty one where it is not. */
export function objectIn(object: { readonly [key: string]: unknown }, name: string): JsonObject {
  const value = Object.hasOwn(object, name) ? object[name] : undefined;
  return isObject(value) ? value : {};
}

/** The texts by name of a member. */
export function textsIn(object: { readonly [key: string]: unknown }, name: string): Readonly<Record<string, string>> {
  const entries = Object.entries(objectIn(object, name));
  return Object.fromEntries(entries.filter((entry): entry is [string, string] => typeof entry[1] === 'string'));
}

/** The Ready condition that stands in an object's status. */
export function readyIn(spread: KubeObject): JsonObject | undefined {
  return listOf(own(objectIn(spread, 'status'), 'conditions')).find((entry) => own(entry, 'type') === 'Ready');
}

function listOf(value: Json | undefined): readonly JsonObject[] {
  return value !== undefined && isArray(value) ? value.filter(isObject) : [];
}
