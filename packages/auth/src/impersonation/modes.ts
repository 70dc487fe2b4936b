import type { Attributes } from '../authorizer.ts';
import { parseServiceAccountUsername } from '../service-account.ts';
import { extraValues } from '../user-extra.ts';
import type { UserInfo } from '../user.ts';
import { NODE_NAME_EXTRA } from '../well-known.ts';

/** The ways to be somebody else that KEP-5284 knows, and the one that was there before (`legacy`). */
export type ImpersonationMode = 'associated-node' | 'arbitrary-node' | 'serviceaccount' | 'user-info' | 'legacy';

const NODE_PREFIX = 'system:node:';
const NODE_NAME = /^[a-z0-9]([-a-z0-9]*[a-z0-9])?(\.[a-z0-9]([-a-z0-9]*[a-z0-9])?)*$/;

/** The name of the node that a user name stands for. */
export function nodeOf(username: string): string | undefined {
  const name = username.startsWith(NODE_PREFIX) ? username.slice(NODE_PREFIX.length) : '';
  return name.length <= 253 && NODE_NAME.test(name) ? name : undefined;
}

/** The modes by which a requestor may try to be somebody, in the order in which they are tried. */
export function modesFor(requestor: UserInfo, wanted: UserInfo): readonly ImpersonationMode[] {
  const nameOnly = wanted.uid === '' && wanted.groups.length === 0 && Object.keys(wanted.extra).length === 0;
  const node = nodeOf(wanted.name);
  if (node !== undefined) {
    if (!nameOnly) return ['legacy'];
    return isOnNode(requestor, node) ? ['associated-node', 'arbitrary-node', 'legacy'] : ['arbitrary-node', 'legacy'];
  }
  if (parseServiceAccountUsername(wanted.name)) return nameOnly ? ['serviceaccount', 'legacy'] : ['legacy'];
  return ['user-info', 'legacy'];
}

function isOnNode(requestor: UserInfo, node: string): boolean {
  const nodes = extraValues(requestor, NODE_NAME_EXTRA);
  return parseServiceAccountUsername(requestor.name) !== undefined && nodes.length === 1 && nodes[0] === node;
}

/** The request itself, as something that may be done while being somebody else. */
export function whileImpersonating(attributes: Attributes, mode: ImpersonationMode): Attributes {
  return { ...attributes, verb: `impersonate-on:${mode}:${attributes.verb}` };
}
