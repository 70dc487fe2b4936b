import type { Attributes, Authorizer, Decision } from '../authorizer.ts';

/** An authorizer that never waits. */
export type SyncAuthorizer = (attributes: Attributes) => Decision;

/** Yes, without a word. */
export const ALLOW: Decision = { kind: 'allow', reason: '' };
/** Nothing to say. */
export const NO_OPINION: Decision = { kind: 'noOpinion', reason: '' };

/**
 * The first authorizer that allows or denies decides; where none does, their reasons are joined (authorization/union).
 * Synchronous as long as the asked ones are.
 */
export function unionAuthorizers(...authorizers: readonly Authorizer[]): Authorizer {
  const from = (attributes: Attributes, start: number, earlier: Decision): Decision | Promise<Decision> => {
    let undecided = earlier;
    for (let at = start; at < authorizers.length; at += 1) {
      const decision = authorizers[at]?.(attributes) ?? NO_OPINION;
      if (decision instanceof Promise) {
        return decision.then((late) =>
          late.kind === 'noOpinion' ? from(attributes, at + 1, together(undecided, late)) : late,
        );
      }
      if (decision.kind !== 'noOpinion') return decision;
      undecided = together(undecided, decision);
    }
    return undecided;
  };
  return (attributes) => from(attributes, 0, NO_OPINION);
}

/** Two that decided nothing: their reasons, and the first error. */
function together(earlier: Decision, { reason, error }: Decision): Decision {
  if (reason === '' && !error) return earlier;
  const first = earlier.error ?? error;
  return { kind: 'noOpinion', reason: joined(earlier.reason, reason), ...(first && { error: first }) };
}

function joined(reasons: string, reason: string): string {
  if (reasons === '' || reason === '') return reasons + reason;
  return `${reasons}\n${reason}`;
}

/** Members of these groups may do everything (authorizerfactory.NewPrivilegedGroups). Effective identities do not count. */
export function alwaysAllowGroups(...groups: readonly string[]): SyncAuthorizer {
  return ({ user }) => {
    for (const group of user.groups) {
      if (groups.includes(group)) return ALLOW;
    }
    return NO_OPINION;
  };
}

/**
 * Everybody may use these paths; one that ends in `*` stands for all below it (authorization/path). Throws TypeError for a
 * star elsewhere.
 */
export function alwaysAllowPaths(...paths: readonly string[]): SyncAuthorizer {
  const exact = new Set<string>();
  const prefixes: string[] = [];
  for (const path of paths.map(withoutSlash)) {
    if (path.slice(0, -1).includes('*')) throw new TypeError(`only a trailing * is allowed in ${JSON.stringify(path)}`);
    if (path.endsWith('*')) prefixes.push(path.slice(0, -1));
    else exact.add(path);
  }
  return (attributes) => {
    if (attributes.kind !== 'path') return NO_OPINION;
    const path = withoutSlash(attributes.path);
    return exact.has(path) || prefixes.some((prefix) => path.startsWith(prefix)) ? ALLOW : NO_OPINION;
  };
}

function withoutSlash(path: string): string {
  return path.startsWith('/') ? path.slice(1) : path;
}

const GRANTED: Decision = { kind: 'allow', reason: 'access granted' };
const DENIED: Decision = { kind: 'deny', reason: 'access denied' };
const NOT_GRANTED: Decision = { kind: 'noOpinion', reason: 'access denied' };

/** Keeps the decision and hides why, so that nobody learns what exists (kcp's AddAnonymization). */
export function withoutReasons(authorizer: Authorizer): Authorizer {
  return (attributes) => {
    const decision = authorizer(attributes);
    return decision instanceof Promise ? decision.then(anonymized) : anonymized(decision);
  };
}

function anonymized({ kind, error }: Decision): Decision {
  if (kind === 'allow') return GRANTED;
  if (error) return { kind, reason: 'access denied', error };
  return kind === 'deny' ? DENIED : NOT_GRANTED;
}
