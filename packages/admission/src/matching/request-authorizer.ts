import {
  authorizerValue,
  resourceCheckValue,
  type AuthorizationAnswer,
  type AuthorizationQuestion,
  type Bindings,
  type Outcome,
  type Program,
  type ProgramRun,
} from '@kcp/cel';
import {
  AUTHENTICATED,
  CLUSTER_NAME_EXTRA,
  serviceAccountGroups,
  serviceAccountUsername,
  type Authorizer,
  type UserInfo,
} from '@kcp/auth';
import type { AdmissionAttributes } from '../admission.ts';

/** So many milliseconds an expression runs before others have their turn. */
const TURN_MS = 5;

/** The answer to a question is still to come: the expression is run again when it is there. */
class Undecided extends Error {}

/**
 * What expressions about one request may ask of authorization: about the request's user, in the request's logical cluster only.
 * An authorizer may take its time although expressions cannot wait: what it answers is kept, and the expression run once more.
 * Costly expressions run in pieces, between which others have their turn.
 */
export class RequestAuthorizer {
  readonly #attributes: AdmissionAttributes;
  readonly #authorize: Authorizer;
  readonly #answers = new Map<string, AuthorizationAnswer>();
  readonly #pending = new Map<string, Promise<AuthorizationAnswer>>();
  readonly bindings: Bindings;
  #turnBegan = 0;

  constructor(attributes: AdmissionAttributes, authorize: Authorizer) {
    this.#attributes = attributes;
    this.#authorize = authorize;
    const { resource, subresource, namespace, name } = attributes;
    const ask = (question: AuthorizationQuestion): AuthorizationAnswer => this.#ask(question);
    const question = { group: resource.group, resource: resource.resource, subresource, namespace, name };
    this.bindings = {
      authorizer: authorizerValue(ask),
      'authorizer.requestResource': resourceCheckValue(ask, question),
    };
  }

  /** Runs an expression, as often as it takes until everything it asks is answered. */
  async run(program: Program, bindings: Bindings, costLimit: number): Promise<Outcome> {
    const all = { ...bindings, ...this.bindings };
    for (;;) {
      const outcome = await this.#attempt(program.start(all, { costLimit }));
      // what is still asked counts even where the expression has a value: `a || b` has one although b is not known
      if (this.#pending.size === 0 && outcome) return outcome;
      for (const [key, decision] of this.#pending) this.#answers.set(key, await decision);
      this.#pending.clear();
    }
  }

  /** True where an expression that is being run has lasted so long that others should have their turn. */
  get isTurnOver(): boolean {
    return performance.now() - this.#turnBegan >= TURN_MS;
  }

  async #attempt(run: ProgramRun): Promise<Outcome | undefined> {
    const isOver = (): boolean => this.isTurnOver;
    try {
      for (;;) {
        this.#turnBegan = performance.now();
        const outcome = run.proceed(isOver);
        if (outcome) return outcome;
        await new Promise((resolve) => setImmediate(resolve));
      }
    } catch (error) {
      if (error instanceof Undecided) return undefined;
      throw error;
    }
  }

  #ask(question: AuthorizationQuestion): AuthorizationAnswer {
    const key = JSON.stringify(question);
    const known = this.#answers.get(key);
    if (known) return known;
    if (this.#pending.has(key)) throw new Undecided();
    const decision = this.#decide(question);
    if (decision instanceof Promise) {
      this.#pending.set(key, decision);
      throw new Undecided();
    }
    this.#answers.set(key, decision);
    return decision;
  }

  #decide(question: AuthorizationQuestion): AuthorizationAnswer | Promise<AuthorizationAnswer> {
    const { cluster } = this.#attributes;
    const { verb = '', path, group = '', subresource = '', namespace = '', name = '' } = question;
    const who = { user: this.#userOf(question), cluster, verb };
    const asked =
      path === undefined
        ? ({
            kind: 'resource',
            ...who,
            group,
            version: '*',
            resource: question.resource ?? '',
            subresource,
            namespace,
            name,
          } as const)
        : ({ kind: 'path', ...who, path } as const);
    try {
      const decision = this.#authorize(asked);
      return decision instanceof Promise ? decision.then(answerOf, failed) : answerOf(decision);
    } catch (error) {
      return failed(error);
    }
  }

  #userOf({ serviceAccount }: AuthorizationQuestion): UserInfo {
    if (serviceAccount === undefined) return this.#attributes.user;
    const { namespace, name } = serviceAccount;
    return {
      name: serviceAccountUsername(namespace, name),
      uid: '',
      groups: [...serviceAccountGroups(namespace), AUTHENTICATED],
      extra: { [CLUSTER_NAME_EXTRA]: [this.#attributes.cluster] },
    };
  }
}

function answerOf({ kind, reason, error }: Awaited<ReturnType<Authorizer>>): AuthorizationAnswer {
  return { allowed: kind === 'allow', reason, ...(error && { error: error.message }) };
}

function failed(error: unknown): AuthorizationAnswer {
  return { allowed: false, reason: '', error: error instanceof Error ? error.message : String(error) };
}
