import type { AdmissionPlugin, Mutation } from '../admission.ts';
import { isExempt } from '../matching/exempt.ts';
import type { PolicyDeps } from '../policy/calls.ts';
import { compiledPolicies, compileMutating } from '../policy/compiled-policy.ts';
import { policySource } from '../policy/policy-source.ts';
import { decodeMutatingPolicy, type MutatingSpec } from '../policy/stored-policy.ts';
import { Invocations } from './invocations.ts';
import { Mutating } from './mutating.ts';

/** What is kept of the policies of all logical clusters, decoded; and of what they compile to. */
const SOURCE_BYTES = 32 * 1024 * 1024;
const COMPILED_BYTES = 64 * 1024 * 1024;

/**
 * The plug-in MutatingAdmissionPolicy: lets the policies of the request's logical cluster change what is written (KEP-3962,
 * k8s.io/apiserver policy/mutating), in the order of their names. Policies count from the moment that they are stored.
 */
export function mutatingAdmissionPolicy(deps: PolicyDeps): AdmissionPlugin {
  const kind = {
    policies: 'mutatingadmissionpolicies',
    bindings: 'mutatingadmissionpolicybindings',
    decode: decodeMutatingPolicy,
  };
  const source = policySource<MutatingSpec>(deps.store, kind, SOURCE_BYTES);
  const compiled = compiledPolicies(compileMutating, COMPILED_BYTES);
  const passes = new WeakMap<Mutation, Invocations>();
  return {
    name: 'MutatingAdmissionPolicy',
    mutate: (attributes, mutation) => {
      const { object } = attributes;
      if (object === undefined) return undefined;
      const bound = source(attributes.cluster);
      if (bound.length === 0 || isExempt(attributes)) return object;
      const invocations = passes.get(mutation) ?? new Invocations();
      passes.set(mutation, invocations);
      return new Mutating(deps, compiled, { attributes, mutation, invocations, object }).run(bound);
    },
  };
}
