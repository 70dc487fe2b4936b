import { ApiError, equal, forbiddenResource, isObject, type Json, type KubeObject } from '@kcp/api-machinery';
import type { ApplySchema } from '@kcp/patch';
import type { AdmissionAttributes, Mutation } from '../admission.ts';
import { OutOfBudget } from '../expression/effort.ts';
import { CONDITIONS_BUDGET, POLICY_BUDGET } from '../expression/evaluation.ts';
import { CallFinder, type Call, type PolicyDeps } from '../policy/calls.ts';
import type { CompiledMutating } from '../policy/compiled-policy.ts';
import { askConditions } from '../policy/conditions.ts';
import { refusedName } from '../policy/denial.ts';
import type { BoundPolicy } from '../policy/policy-source.ts';
import { SeenRequest, storedNamespaces, type RequestView } from '../policy/request-view.ts';
import type { MutatingSpec, StoredPolicy } from '../policy/stored-policy.ts';
import { applyBuiltConfiguration } from './apply-built-configuration.ts';
import { applyOperations, ChangeError } from './apply-operations.ts';
import type { Invocations } from './invocations.ts';

type Compiled = (policy: StoredPolicy<MutatingSpec>) => CompiledMutating;
type ActiveCall = Extract<Call<MutatingSpec>, { kind: 'call' }>;

/** One pass of a request over the mutating policies. */
export interface Pass {
  readonly attributes: AdmissionAttributes;
  readonly mutation: Mutation;
  readonly invocations: Invocations;
  readonly object: KubeObject;
}

/** Lets policies change an object, one after the other. */
export class Mutating {
  readonly #deps: PolicyDeps;
  readonly #compiled: Compiled;
  readonly #pass: Pass;
  readonly #seen: SeenRequest;
  readonly #finder: CallFinder;
  readonly #errors: { readonly message: string; readonly isInvalid: boolean }[] = [];
  #object: KubeObject;

  constructor(deps: PolicyDeps, compiled: Compiled, pass: Pass) {
    const { attributes, object } = pass;
    const find = storedNamespaces(deps.store);
    this.#deps = deps;
    this.#compiled = compiled;
    this.#pass = pass;
    this.#object = object;
    this.#seen = new SeenRequest(attributes, deps.authorize, find);
    this.#finder = new CallFinder(deps, attributes, find);
  }

  /** The object to go on with. Throws ApiError where a policy cannot do its work. */
  async run(bound: readonly BoundPolicy<MutatingSpec>[]): Promise<KubeObject> {
    const { invocations, mutation, attributes, object } = this.#pass;
    const calls: Call<MutatingSpec>[] = [];
    for (const one of bound) calls.push(...(await this.#finder.calls(one)));
    for (const call of calls) if (call.kind === 'misconfigured') this.#fail(call, call.message, false);
    invocations.begin(mutation, object);
    for (const call of calls) {
      if (call.kind !== 'call') continue;
      for (const params of call.params) await this.#invoke(call, params);
    }
    if (this.#object !== object) invocations.changed();
    invocations.end(this.#object);
    if (this.#errors.length > 0) throw this.#refusal(attributes);
    return this.#object;
  }

  async #invoke(call: ActiveCall, params: KubeObject | undefined): Promise<void> {
    const { mutation, invocations } = this.#pass;
    const { policy, binding } = call;
    const compiled = this.#compiled(policy);
    const view = await this.#viewOrFail(call);
    if (view === undefined) return;
    const conditions = this.#seen.evaluation(view, {
      params,
      variables: compiled.variables,
      budget: CONDITIONS_BUDGET,
      seesNamespace: false,
    });
    const outcome = await askConditions(compiled.conditions, policy.spec.failurePolicy, conditions);
    if (outcome.kind === 'failed') this.#fail(call, outcome.message, true);
    if (outcome.kind !== 'hold') return;
    const key = JSON.stringify([policy.name, binding.name, params?.metadata.namespace, params?.metadata.name]);
    if (!invocations.mayRun(mutation, key)) return;
    const before = this.#object;
    for (const at of policy.spec.mutations.keys()) await this.#change(call, { at, params, compiled });
    if (this.#object !== before) {
      invocations.changed();
      mutation.askAgain();
    }
    if (policy.spec.reinvocationPolicy === 'IfNeeded') invocations.remember(key);
  }

  async #change(
    call: ActiveCall,
    { at, params, compiled }: { at: number; params: KubeObject | undefined; compiled: CompiledMutating },
  ): Promise<void> {
    const expression = compiled.mutations[at];
    const patchType = call.policy.spec.mutations[at]?.patchType;
    if (expression === undefined || patchType === undefined) return;
    if (!expression.ok) {
      this.#fail(call, expression.message, true);
      return;
    }
    const part = { params, variables: compiled.variables, budget: POLICY_BUDGET, seesNamespace: true };
    try {
      const result = await this.#seen.evaluation(await this.#view(call), part).run(expression);
      if (!result.ok) throw new ChangeError(result.message);
      const { equivalent } = call.match;
      const shown = equivalent ? await equivalent.to(this.#object) : this.#object;
      const next =
        patchType === 'JSONPatch'
          ? applyOperations(shown, result.value)
          : applyBuiltConfiguration(shown, result.value, this.#fields(call));
      if (next !== shown) await this.#keep(call, next);
    } catch (error) {
      if (!(error instanceof ChangeError) && !(error instanceof OutOfBudget)) throw error;
      this.#fail(call, error.message, true);
    }
  }

  #fields({ match }: ActiveCall): ApplySchema {
    const schema = this.#deps.resources.fields(this.#pass.attributes.cluster, match);
    if (schema) return schema;
    const { group, version, kind } = match.kind;
    throw new ApiError(
      'ServiceUnavailable',
      `Resource kind ${group}/${version}, Kind=${kind} not found. There can be a delay between when CustomResourceDefinitions are created and when they are available.`,
    );
  }

  /** What became of the object, typed and defaulted as if it had been sent so. */
  async #keep({ match }: ActiveCall, next: Json): Promise<void> {
    try {
      if (!isObject(next)) throw new ApiError('InternalError', 'the result is no object');
      const { equivalent } = match;
      const own = equivalent && (await equivalent.from(equivalent.decode(next)));
      const decoded = this.#pass.attributes.decode(own ?? next);
      if (!equal(decoded, this.#object)) this.#object = decoded;
    } catch (error) {
      throw error instanceof ApiError ? unreadable(error) : error;
    }
  }

  /** Undefined where the object cannot be had in the version that is matched, which counts as an error of the policy. */
  async #viewOrFail(call: ActiveCall): Promise<RequestView | undefined> {
    try {
      return await this.#view(call);
    } catch (error) {
      if (!(error instanceof ApiError)) throw error;
      this.#fail(call, `failed to configure policy: ${error.message}`, false);
      return undefined;
    }
  }

  async #view(call: ActiveCall): Promise<RequestView> {
    const view = await this.#seen.view(call.match);
    return this.#object === this.#pass.object ? view : this.#seen.changed(view, this.#object);
  }

  #fail({ policy, binding }: Pick<Call<MutatingSpec>, 'policy' | 'binding'>, why: string, isInvalid: boolean): void {
    if (policy.spec.failurePolicy === 'Ignore') return;
    const who =
      binding === undefined ? `policy "${policy.name}"` : `policy '${policy.name}' with binding '${binding.name}'`;
    this.#errors.push({ message: `${who} denied request: ${why}`, isInvalid });
  }

  #refusal(attributes: AdmissionAttributes): ApiError {
    const [first] = this.#errors;
    const { details } = forbiddenResource(attributes.resource, refusedName(attributes), '');
    return new ApiError(first?.isInvalid ? 'Invalid' : 'Forbidden', first?.message ?? '', {
      code: 403,
      details: { ...details, causes: this.#errors.map(({ message }) => ({ message })) },
    });
  }
}

/** What a policy made of an object is none of its kind: that is no mistake of who sent it. */
function unreadable(error: ApiError): ApiError {
  const why = error.cause instanceof Error ? error.cause.message : error.message;
  return new ApiError('InternalError', `Internal error occurred: ${why}`, {
    details: { causes: [{ message: why }] },
    cause: error,
  });
}
