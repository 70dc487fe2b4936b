import type { Attributes } from '../authorizer.ts';
import { parseServiceAccountUsername } from '../service-account.ts';
import type { UserInfo } from '../user.ts';
import { MASTERS } from '../well-known.ts';
import { extraProblem } from './extra-keys.ts';
import { nodeOf } from './modes.ts';
import type { ImpersonationMode } from './modes.ts';

type ResourceAttributes = Extract<Attributes, { kind: 'resource' }>;

/** What must be allowed for one field of a wanted identity. */
export interface Question {
  readonly each: readonly Attributes[];
  /** Where this is allowed, each of the others is. */
  readonly all?: Attributes;
  /** Why it is refused whatever the rights. */
  readonly never?: { readonly attributes: Attributes; readonly why: string };
}

/** An identity that somebody wants in one of the modes, for a request. */
export interface Wish {
  readonly mode: ImpersonationMode;
  readonly wanted: UserInfo;
  readonly request: Attributes;
}

/** From so many values on, one question about all of them comes before one about each. */
const MANY = 4;
const AUTHENTICATION = 'authentication.k8s.io';

/** Everything that must be allowed for a wish, field by field (apiserver impersonationModeState). */
export function questionsFor(wish: Wish): readonly Question[] {
  const { uid, groups, extra } = wish.wanted;
  const questions: Question[] = [{ each: [aboutName(wish)] }];
  if (uid !== '') questions.push({ each: [about(wish, { group: AUTHENTICATION, resource: 'uids', name: uid })] });
  if (groups.length > 0) questions.push(aboutGroups(wish, groups));
  if (Object.keys(extra).length > 0) questions.push(aboutExtra(wish, extra));
  return questions;
}

function about({ mode, request }: Wish, on: Partial<ResourceAttributes>): ResourceAttributes {
  return {
    kind: 'resource',
    user: request.user,
    cluster: request.cluster,
    verb: mode === 'legacy' ? 'impersonate' : `impersonate:${mode}`,
    // The older way has users and groups in the core group.
    group: mode === 'legacy' ? '' : AUTHENTICATION,
    version: 'v1',
    resource: '',
    subresource: '',
    namespace: '',
    name: '',
    ...on,
  };
}

function aboutName(wish: Wish): Attributes {
  const { mode, wanted } = wish;
  const account = parseServiceAccountUsername(wanted.name);
  if (account) return about(wish, { resource: 'serviceaccounts', ...account });
  if (mode === 'associated-node') return about(wish, { resource: 'nodes', name: '*' });
  if (mode === 'arbitrary-node') return about(wish, { resource: 'nodes', name: nodeOf(wanted.name) ?? '' });
  return about(wish, { resource: 'users', name: wanted.name });
}

function aboutGroups(wish: Wish, groups: readonly string[]): Question {
  const on = (name: string): Attributes => about(wish, { resource: 'groups', name });
  const each = groups.map(on);
  if (wish.mode === 'legacy') return { each };
  if (groups.includes('')) {
    return { each, never: { attributes: on(''), why: 'impersonating the empty string group is not allowed' } };
  }
  if (groups.includes(MASTERS)) {
    return { each, never: { attributes: on(MASTERS), why: 'impersonating the system:masters group is not allowed' } };
  }
  return groups.length >= MANY ? { each, all: on('*') } : { each };
}

function aboutExtra(wish: Wish, extra: UserInfo['extra']): Question {
  const on = (subresource: string, name: string): Attributes =>
    about(wish, { group: AUTHENTICATION, resource: 'userextras', subresource, name });
  const each = Object.entries(extra).flatMap(([key, values]) => values.map((value) => on(key, value)));
  if (wish.mode === 'legacy') return { each };
  const why = extraProblem(extra);
  if (why !== undefined) return { each, never: { attributes: on('', ''), why } };
  return each.length >= MANY ? { each, all: on('*', '*') } : { each };
}
