import type { JsonObject } from '@kcp/api-machinery';
import type { ServedGroup, ServedResource } from '@kcp/apiserver';
import { compareVersions } from '@kcp/api-machinery';
import { systemAdmin } from '@kcp/logical-cluster';
import type { CustomResourceDefinition } from '../definition/custom-resource-definition.ts';
import { decodeDefinition, asDefinition } from '../definition/decode-definition.ts';
import type { ServedDefinition } from './serve-definition.ts';
import type { ServedDefinitions } from './served-definitions.ts';

/** The `spec` of a definition, and what it is called. */
export interface FixedSpec {
  readonly group: string;
  readonly names: { readonly plural: string };
}

/**
 * Kinds of the server's own that are served as if somebody had defined them, though no row holds their definitions. Each is made
 * when it is first asked for: a server that nobody asks for them does not pay for them.
 */
export class FixedDefinitions {
  readonly #specs: ReadonlyMap<string, FixedSpec & JsonObject>;
  readonly #served: ServedDefinitions;
  readonly #resources = new Map<string, ReadonlyMap<string, ServedResource>>();
  readonly #groups = new Map<string, readonly ServedGroup[]>();

  constructor(specs: readonly (FixedSpec & JsonObject)[], served: ServedDefinitions) {
    this.#specs = new Map(specs.map((spec) => [nameOf(spec.group, spec.names.plural), spec]));
    this.#served = served;
  }

  /** Undefined where there is no such kind or version. */
  find(group: string, version: string, resource: string): ServedResource | undefined {
    return this.#versions(nameOf(group, resource))?.get(version);
  }

  /** True for the name of one of them: `workspaces.tenancy.kcp.io`. */
  has(name: string): boolean {
    return this.#specs.has(name);
  }

  /** Some of them, by name, as discovery lists them. Equal selections give the same value. */
  groups(names: readonly string[]): readonly ServedGroup[] {
    const key = names.join(',');
    let groups = this.#groups.get(key);
    if (groups === undefined) {
      groups = this.#group(names);
      this.#groups.set(key, groups);
    }
    return groups;
  }

  #group(names: readonly string[]): readonly ServedGroup[] {
    const resources = names.flatMap((name) => [...(this.#versions(name)?.values() ?? [])]);
    return [...new Set(resources.map(({ gvr }) => gvr.group))].map((group) => ({
      group,
      origin: 'custom',
      versions: versionsOf(resources.filter(({ gvr }) => gvr.group === group)),
    }));
  }

  #versions(name: string): ReadonlyMap<string, ServedResource> | undefined {
    const known = this.#resources.get(name);
    if (known !== undefined) return known;
    const spec = this.#specs.get(name);
    const served = spec && this.#serve(name, spec);
    if (served === undefined) return undefined;
    const made = new Map(
      served.versions.flatMap((version) => {
        const resource = served.find(version);
        return resource === undefined ? [] : [[version, withoutDefinition(resource)] as const];
      }),
    );
    this.#resources.set(name, made);
    return made;
  }

  #serve(name: string, spec: FixedSpec & JsonObject): ServedDefinition | undefined {
    const definition = established(name, spec);
    return this.#served.get({ owner: systemAdmin, read: () => definition });
  }
}

function nameOf(group: string, plural: string): string {
  return `${plural}.${group}`;
}

function established(name: string, spec: JsonObject): CustomResourceDefinition {
  const raw = { apiVersion: 'apiextensions.k8s.io/v1', kind: 'CustomResourceDefinition', metadata: { name }, spec };
  const decoded = asDefinition(decodeDefinition(raw).object);
  const conditions = ['NamesAccepted', 'Established'].map((type) => ({
    type,
    status: 'True',
    lastTransitionTime: null,
  }));
  return { ...decoded, status: { conditions, acceptedNames: decoded.spec.names, storedVersions: [] } };
}

/** There is no row that watches could end with. */
function withoutDefinition({ definition: _, ...resource }: ServedResource): ServedResource {
  return resource;
}

function versionsOf(resources: readonly ServedResource[]): ServedGroup['versions'] {
  const versions = [...new Set(resources.map(({ gvr }) => gvr.version))].sort(compareVersions);
  return versions.map((version) => ({
    version,
    resources: resources
      .filter(({ gvr }) => gvr.version === version)
      .sort((a, b) => (a.gvr.resource < b.gvr.resource ? -1 : 1)),
  }));
}
