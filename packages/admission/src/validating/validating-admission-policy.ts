import { ApiError } from '@kcp/api-machinery';
import type { AdmissionAttributes, AdmissionPlugin } from '../admission.ts';
import { isExempt } from '../matching/exempt.ts';
import { CallFinder, type Call, type PolicyDeps } from '../policy/calls.ts';
import { compiledPolicies, compileValidating, type CompiledValidating } from '../policy/compiled-policy.ts';
import { denial } from '../policy/denial.ts';
import { policySource, type BoundPolicy } from '../policy/policy-source.ts';
import { SeenRequest, storedNamespaces, type RequestView } from '../policy/request-view.ts';
import { decodeValidatingPolicy, type StoredPolicy, type ValidatingSpec } from '../policy/stored-policy.ts';
import { AuditFacts } from './audit-facts.ts';
import { decide, type Failure } from './decide.ts';

/** What is kept of the policies of all logical clusters, decoded; and of what they compile to. */
const SOURCE_BYTES = 32 * 1024 * 1024;
const COMPILED_BYTES = 64 * 1024 * 1024;
/** So many failures one audit event lists. */
const LISTED_FAILURES = 50;
const FAILURE_KEY = 'validation.policy.admission.k8s.io/validation_failure';

type ActiveCall = Extract<Call<ValidatingSpec>, { kind: 'call' }>;

/** Why a request is refused: the first of these is told. */
interface Refusal {
  readonly policy: string;
  /** Absent where the policy itself is wrong. */
  readonly binding?: string | undefined;
  readonly message: string;
  readonly reason: string;
}

/** What is gathered while the policies are asked. */
interface Findings {
  readonly refusals: Refusal[];
  readonly audited: Readonly<Record<string, unknown>>[];
}

/**
 * The plug-in ValidatingAdmissionPolicy: asks the policies of the request's logical cluster whether a write may be (KEP-3488,
 * k8s.io/apiserver policy/validating). Policies count from the moment that they are stored.
 */
export function validatingAdmissionPolicy(deps: PolicyDeps): AdmissionPlugin {
  const kind = {
    policies: 'validatingadmissionpolicies',
    bindings: 'validatingadmissionpolicybindings',
    decode: decodeValidatingPolicy,
  };
  const source = policySource<ValidatingSpec>(deps.store, kind, SOURCE_BYTES);
  const compiled = compiledPolicies(compileValidating, COMPILED_BYTES);
  return {
    name: 'ValidatingAdmissionPolicy',
    validate: (attributes) => {
      const bound = source(attributes.cluster);
      if (bound.length === 0 || isExempt(attributes)) return undefined;
      return new Validating(deps, compiled, attributes).run(bound);
    },
  };
}

/** One request on its way past the validating policies. */
class Validating {
  readonly #compiled: (policy: StoredPolicy<ValidatingSpec>) => CompiledValidating;
  readonly #attributes: AdmissionAttributes;
  readonly #seen: SeenRequest;
  readonly #finder: CallFinder;
  readonly #findings: Findings = { refusals: [], audited: [] };

  constructor(
    deps: PolicyDeps,
    compiled: (policy: StoredPolicy<ValidatingSpec>) => CompiledValidating,
    attributes: AdmissionAttributes,
  ) {
    const find = storedNamespaces(deps.store);
    this.#compiled = compiled;
    this.#attributes = attributes;
    this.#seen = new SeenRequest(attributes, deps.authorize, find);
    this.#finder = new CallFinder(deps, attributes, find);
  }

  /** Throws ApiError where a policy refuses the request. */
  async run(bound: readonly BoundPolicy<ValidatingSpec>[]): Promise<void> {
    for (const one of bound) {
      const facts = new AuditFacts(one.policy.name);
      for (const call of await this.#finder.calls(one)) {
        if (call.kind === 'call') await this.#ask(call, facts);
        else if (one.policy.spec.failurePolicy !== 'Ignore') this.#refuse(call, call.message);
      }
      facts.publish(this.#attributes);
    }
    this.#audit();
    const [first] = this.#findings.refusals;
    if (first) throw refusal(this.#attributes, first);
  }

  async #ask(call: ActiveCall, facts: AuditFacts): Promise<void> {
    const { policy, binding, params } = call;
    if (params.length === 0) return;
    const view = await this.#view(call);
    if (view === undefined) return;
    for (const param of params) {
      const asked = { seen: this.#seen, view, spec: policy.spec, compiled: this.#compiled(policy), params: param };
      const verdict = await decide(asked);
      for (const failure of verdict.failures) this.#enforce(call, failure);
      for (const message of verdict.factErrors) this.#refuse({ policy, binding }, message);
      for (const fact of verdict.facts) facts.add(fact);
    }
  }

  /** Undefined where the objects cannot be had in the version that is matched: that is refused, or passed over. */
  async #view(call: ActiveCall): Promise<RequestView | undefined> {
    try {
      return await this.#seen.view(call.match);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      const why = `failed to configure binding: failed to convert object version: ${error.message}`;
      if (call.policy.spec.failurePolicy !== 'Ignore') this.#refuse(call, why);
      return undefined;
    }
  }

  #enforce({ policy, binding }: ActiveCall, { index, message, reason }: Failure): void {
    for (const action of binding.actions) {
      if (action === 'Deny') this.#refuse({ policy, binding }, message, reason);
      else if (action === 'Warn') {
        const whose = `ValidatingAdmissionPolicy '${policy.name}' with binding '${binding.name}'`;
        this.#attributes.warn(`Validation failed for ${whose}: ${message}`);
      } else if (action === 'Audit') {
        this.#findings.audited.push({
          message,
          policy: policy.name,
          binding: binding.name,
          expressionIndex: index,
          validationActions: binding.actions,
        });
      }
    }
  }

  #refuse({ policy, binding }: Pick<Call<ValidatingSpec>, 'policy' | 'binding'>, message: string, reason = ''): void {
    this.#findings.refusals.push({ policy: policy.name, binding: binding?.name, message, reason });
  }

  #audit(): void {
    const { audited } = this.#findings;
    if (audited.length > 0) this.#attributes.annotate(FAILURE_KEY, JSON.stringify(audited.slice(0, LISTED_FAILURES)));
  }
}

function refusal(attributes: AdmissionAttributes, { policy, binding, message, reason }: Refusal): ApiError {
  const by = binding === undefined ? '' : ` with binding '${binding}'`;
  const why = `ValidatingAdmissionPolicy '${policy}'${by} denied request: ${message}`;
  return denial(attributes, why, reason);
}
