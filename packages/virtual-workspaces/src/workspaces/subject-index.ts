import type { KubeObject } from '@kcp/api-machinery';
import { decodeBinding, parseServiceAccountUsername, type Subject, type UserInfo } from '@kcp/auth';
import type { ObjectIndex } from '@kcp/object-store';
import { clusterRoleBindings } from './entry-buckets.ts';

/** A binding of more subjects is not found by each of them, but by everybody. */
const MOST_SUBJECTS = 40;

/** What bindings of very many subjects are found by. */
export const MANY = '*';

/** ClusterRoleBindings of all logical clusters by whom they are for. */
export const subjectIndex: ObjectIndex = {
  name: 'subjects',
  bucket: clusterRoleBindings,
  values: (object) => subjectValues(object),
};

/** By what a ClusterRoleBinding is found. */
export function subjectValues(binding: KubeObject): readonly string[] {
  const values = new Set(decodeBinding(binding).subjects.flatMap((subject) => valueOf(subject)));
  return values.size > MOST_SUBJECTS ? [MANY] : [...values];
}

function valueOf({ kind, name, namespace = '' }: Subject): readonly string[] {
  if (name === '') return [];
  if (kind === 'Group') return [groupValue(name)];
  return kind === 'ServiceAccount' ? [accountValue(namespace, name)] : [userValue(name)];
}

/** By what somebody finds the bindings that are for them. */
export function identityValues({ name, groups }: UserInfo): readonly string[] {
  const account = parseServiceAccountUsername(name);
  return [
    userValue(name),
    ...(account === undefined ? [] : [accountValue(account.namespace, account.name)]),
    ...groups.map(groupValue),
  ];
}

function userValue(name: string): string {
  return `u:${name}`;
}

function groupValue(name: string): string {
  return `g:${name}`;
}

function accountValue(namespace: string, name: string): string {
  return `s:${namespace}:${name}`;
}
