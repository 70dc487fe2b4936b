import type { Authentication, Authenticator, Credentials, UserInfo } from '../user.ts';
import { ANONYMOUS, AUTHENTICATED, UNAUTHENTICATED } from '../well-known.ts';

/** The answer of an authenticator that has nothing to say. */
export const NOBODY: Authentication = { kind: 'none' };

/** One text of several errors, each said once (k8s.io/apimachinery errors.Aggregate). */
export function aggregate(texts: readonly string[]): string {
  const distinct = [...new Set(texts)];
  return distinct.length === 1 ? (distinct[0] ?? '') : `[${distinct.join(', ')}]`;
}

type Refusal = Extract<Authentication, { readonly kind: 'refused' }>;

/** One that is asked who somebody is. */
type Asked<Input> = (input: Input) => Authentication | Promise<Authentication>;

/**
 * Asks in turn until one knows who it is. Where nobody does, all refusals together are the answer, none if there are none.
 * Stays synchronous as long as the asked ones do.
 */
export function firstToKnow<Input>(asked: readonly Asked<Input>[]): Asked<Input> {
  const from = (input: Input, start: number, earlier: readonly Refusal[]): Authentication | Promise<Authentication> => {
    let refusals = earlier;
    for (let at = start; at < asked.length; at += 1) {
      const answer = asked[at]?.(input) ?? NOBODY;
      if (answer instanceof Promise) {
        return answer.then((late) =>
          late.kind === 'authenticated' ? late : from(input, at + 1, withRefusal(refusals, late)),
        );
      }
      if (answer.kind === 'authenticated') return answer;
      refusals = withRefusal(refusals, answer);
    }
    return refusals.length === 0 ? NOBODY : together(refusals);
  };
  return (input) => from(input, 0, []);
}

function withRefusal(refusals: readonly Refusal[], answer: Authentication): readonly Refusal[] {
  return answer.kind === 'refused' ? [...refusals, answer] : refusals;
}

function together(refusals: readonly Refusal[]): Refusal {
  const isPublic = refusals.every((refusal) => refusal.isPublic);
  const why = aggregate(refusals.map((refusal) => refusal.why));
  const facts = refusals.find((refusal) => refusal.facts)?.facts;
  return { kind: 'refused', why, ...(isPublic && { isPublic }), ...(facts && { facts }) };
}

/** Tries authenticators in turn; a refusal of one does not keep the next from being asked (authentication/request/union). */
export function unionAuthenticators(...authenticators: readonly Authenticator[]): Authenticator {
  return firstToKnow<Credentials>(authenticators);
}

const anonymousUser: UserInfo = { name: ANONYMOUS, uid: '', groups: [UNAUTHENTICATED], extra: {} };
const anonymousAnswer: Authentication = { kind: 'authenticated', user: anonymousUser };

/** Everybody is system:anonymous. Only for those who show nothing at all: see `orAnonymous`. */
export const anonymous: (credentials: Credentials) => Authentication = () => anonymousAnswer;

/**
 * Who shows nothing is anonymous, on the given paths or, where there are none, on all; who shows something wrong stays refused
 * (authentication/request/anonymous).
 */
export function orAnonymous(authenticator: Authenticator, paths: readonly string[] = []): Authenticator {
  const settle = (answer: Authentication, { path = '' }: Credentials): Authentication =>
    answer.kind === 'none' && (paths.length === 0 || paths.includes(path)) ? anonymousAnswer : answer;
  return (credentials) => {
    const answer = authenticator(credentials);
    return answer instanceof Promise ? answer.then((late) => settle(late, credentials)) : settle(answer, credentials);
  };
}

/**
 * Adds system:authenticated to whom an authenticator knows, unless they are anonymous or have such a group already
 * (authentication/group). The same answer gives the same user again, so that what is derived from a user can be kept by it.
 */
export function withAuthenticatedGroup(authenticator: Authenticator): Authenticator {
  const known = new WeakMap<Authentication, Authentication>();
  const settle = (answer: Authentication): Authentication => {
    if (answer.kind !== 'authenticated') return answer;
    let settled = known.get(answer);
    if (!settled) {
      settled = { ...answer, user: authenticated(answer.user) };
      known.set(answer, settled);
    }
    return settled;
  };
  return (credentials) => {
    const answer = authenticator(credentials);
    return answer instanceof Promise ? answer.then(settle) : settle(answer);
  };
}

function authenticated(user: UserInfo): UserInfo {
  const settled = user.groups.includes(AUTHENTICATED) || user.groups.includes(UNAUTHENTICATED);
  return user.name === ANONYMOUS || settled ? user : { ...user, groups: [...user.groups, AUTHENTICATED] };
}
