import { ApiError, parseApiVersion, type KubeObject } from '@kcp/api-machinery';
import type { Authorizer } from '@kcp/auth';
import type { ObjectReader } from '@kcp/object-store';
import type { AdmissionAttributes } from '../admission.ts';
import { findMatch, type Match, type MatchCriteria } from '../matching/match.ts';
import type { FindNamespace } from '../matching/selectors.ts';
import { collectParams, ParamError, type ParamResource, type PolicyResources } from './params.ts';
import type { BoundPolicy } from './policy-source.ts';
import type { ParamKind, PolicySpec, StoredBinding, StoredPolicy } from './stored-policy.ts';

/** What policies need of the world around them. */
export interface PolicyDeps {
  readonly store: ObjectReader;
  readonly resources: PolicyResources;
  readonly authorize: Authorizer;
}

/** A policy that is about a request, by a binding; or that it cannot be found out. */
export type Call<S extends PolicySpec> =
  | {
      readonly kind: 'call';
      readonly policy: StoredPolicy<S>;
      readonly binding: StoredBinding;
      readonly match: Match;
      /** The policy is asked once for each; undefined: without parameters. */
      readonly params: readonly (KubeObject | undefined)[];
    }
  | {
      readonly kind: 'misconfigured';
      readonly policy: StoredPolicy<S>;
      /** Absent where the policy itself is wrong. */
      readonly binding?: StoredBinding;
      readonly message: string;
    };

/** Which policies are about a request. */
export class CallFinder {
  readonly #deps: PolicyDeps;
  readonly #attributes: AdmissionAttributes;
  readonly #find: FindNamespace;
  readonly #kinds = new Map<string, ParamResource | undefined>();

  constructor(deps: PolicyDeps, attributes: AdmissionAttributes, find: FindNamespace) {
    this.#deps = deps;
    this.#attributes = attributes;
    this.#find = find;
  }

  /** The calls of one policy, in the order of its bindings (k8s.io/apiserver policy/generic). */
  async calls<S extends PolicySpec>({ policy, bindings }: BoundPolicy<S>): Promise<readonly Call<S>[]> {
    const match = this.#match(policy.match);
    if (match === undefined) return [];
    if (typeof match === 'string') return [misconfigured(policy, match)];
    const { paramKind } = policy.spec;
    const resource = paramKind && (await this.#kind(paramKind));
    if (paramKind && !resource) {
      const why = `failed to find resource referenced by paramKind: '${shown(paramKind)}'`;
      return [misconfigured(policy, why)];
    }
    const calls: Call<S>[] = [];
    for (const binding of bindings) {
      const call = await this.#call({ policy, binding, match }, resource);
      if (call) calls.push(call);
    }
    return calls;
  }

  async #call<S extends PolicySpec>(
    at: { readonly policy: StoredPolicy<S>; readonly binding: StoredBinding; readonly match: Match },
    resource: ParamResource | undefined,
  ): Promise<Call<S> | undefined> {
    const { policy, binding } = at;
    const bound = binding.match === undefined ? at.match : this.#match(binding.match);
    if (bound === undefined) return undefined;
    if (typeof bound === 'string') return misconfigured(policy, bound, binding);
    try {
      return { kind: 'call', ...at, params: await this.#params(binding, resource) };
    } catch (error) {
      if (!(error instanceof ParamError) && !(error instanceof ApiError)) throw error;
      return misconfigured(policy, error.message, binding);
    }
  }

  async #params(
    { paramRef: ref }: StoredBinding,
    resource: ParamResource | undefined,
  ): Promise<readonly (KubeObject | undefined)[]> {
    if (resource === undefined || ref === undefined) return [undefined];
    const { cluster, namespace } = this.#attributes;
    return collectParams(this.#deps.store, { cluster, namespace, resource, ref });
  }

  /** A text where it cannot be said. */
  #match(criteria: MatchCriteria): Match | string | undefined {
    try {
      return findMatch(criteria, this.#attributes, this.#find);
    } catch (error) {
      if (error instanceof ApiError) return error.message;
      throw error;
    }
  }

  async #kind(kind: ParamKind): Promise<ParamResource | undefined> {
    const key = shown(kind);
    if (!this.#kinds.has(key)) this.#kinds.set(key, await this.#deps.resources.kind(this.#attributes.cluster, kind));
    return this.#kinds.get(key);
  }
}

function misconfigured<S extends PolicySpec>(policy: StoredPolicy<S>, why: string, binding?: StoredBinding): Call<S> {
  const message = `failed to configure ${binding ? 'binding' : 'policy'}: ${why}`;
  return { kind: 'misconfigured', policy, message, ...(binding && { binding }) };
}

/** As Go prints a GroupVersionKind. */
function shown({ apiVersion, kind }: ParamKind): string {
  const parsed = parseApiVersion(apiVersion);
  return `${parsed?.group ?? ''}/${parsed?.version ?? ''}, Kind=${kind}`;
}
