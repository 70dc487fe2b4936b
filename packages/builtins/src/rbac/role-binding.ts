import type { FieldError, JsonObject, KubeObject } from '@kcp/api-machinery';
import {
  equal,
  invalid,
  isDns1123Subdomain,
  isPathSegment,
  itemPath,
  notSupported,
  required,
  objectAt,
  objectsAt,
  textAt,
} from '@kcp/api-machinery';
import { kindTable } from '@kcp/apis';
import type { ServedResource, TableColumn } from '@kcp/apiserver';
import { builtinResource, nameIsPathSegment } from '../builtin-resource.ts';
import { column, withNameAndAge } from '../columns.ts';
import type { RbacGuard } from './guard.ts';
import { guardedBinding } from './guard.ts';

const GROUP = 'rbac.authorization.k8s.io';
const SUBJECT_KINDS = ['ServiceAccount', 'User', 'Group'];

function withGroup(subject: JsonObject): JsonObject {
  const kind = textAt(subject, 'kind');
  if (textAt(subject, 'apiGroup') !== '' || (kind !== 'User' && kind !== 'Group')) return subject;
  const { kind: _, ...rest } = subject;
  return { kind, apiGroup: GROUP, ...rest };
}

function defaults(object: KubeObject): KubeObject {
  const ref = objectAt(object, 'roleRef');
  const roleRef = { ...ref, apiGroup: textAt(ref, 'apiGroup') || GROUP };
  const subjects = objectsAt(object, 'subjects');
  return subjects.length === 0 ? { ...object, roleRef } : { ...object, subjects: subjects.map(withGroup), roleRef };
}

function subjectErrors(subject: JsonObject, path: string, isNamespaced: boolean): FieldError[] {
  const errors: FieldError[] = [];
  const [name, kind, group] = [textAt(subject, 'name'), textAt(subject, 'kind'), textAt(subject, 'apiGroup')];
  if (name === '') errors.push(required(`${path}.name`));
  if (kind === 'ServiceAccount') {
    const messages = name === '' ? [] : isDns1123Subdomain(name);
    errors.push(...messages.map((message) => invalid(`${path}.name`, name, message)));
    if (group !== '') errors.push(notSupported(`${path}.apiGroup`, group, ['']));
    if (!isNamespaced && textAt(subject, 'namespace') === '') errors.push(required(`${path}.namespace`));
  } else if (kind === 'User' || kind === 'Group') {
    if (group !== GROUP) errors.push(notSupported(`${path}.apiGroup`, group, [GROUP]));
  } else errors.push(notSupported(`${path}.kind`, kind, SUBJECT_KINDS));
  return errors;
}

function validate(object: KubeObject, isNamespaced: boolean): FieldError[] {
  const errors: FieldError[] = [];
  const ref = objectAt(object, 'roleRef');
  const [group, kind, name] = [textAt(ref, 'apiGroup'), textAt(ref, 'kind'), textAt(ref, 'name')];
  if (group !== GROUP) errors.push(notSupported('roleRef.apiGroup', group, [GROUP]));
  const kinds = isNamespaced ? ['Role', 'ClusterRole'] : ['ClusterRole'];
  if (!kinds.includes(kind)) errors.push(notSupported('roleRef.kind', kind, kinds));
  if (name === '') errors.push(required('roleRef.name'));
  else errors.push(...isPathSegment(name).map((message) => invalid('roleRef.name', name, message)));
  objectsAt(object, 'subjects').forEach((subject, at) => {
    errors.push(...subjectErrors(subject, itemPath('subjects', at), isNamespaced));
  });
  return errors;
}

function refErrors(object: KubeObject, old: KubeObject): FieldError[] {
  const [ref, before] = [objectAt(object, 'roleRef'), objectAt(old, 'roleRef')];
  if (equal(ref, before)) return [];
  const shown = { APIGroup: textAt(ref, 'apiGroup'), Kind: textAt(ref, 'kind'), Name: textAt(ref, 'name') };
  return [invalid('roleRef', shown, 'cannot change roleRef')];
}

function namesOf(object: KubeObject, kind: string): string {
  const subjects = objectsAt(object, 'subjects').filter((subject) => textAt(subject, 'kind') === kind);
  const shown = subjects.map((subject) => {
    return kind === 'ServiceAccount'
      ? `${textAt(subject, 'namespace')}/${textAt(subject, 'name')}`
      : textAt(subject, 'name');
  });
  return shown.join(', ');
}

const wide = { priority: 1 };
const columns: readonly TableColumn[] = withNameAndAge(
  column('Role', 'The role that is given.', (object) => {
    const ref = objectAt(object, 'roleRef');
    return `${textAt(ref, 'kind')}/${textAt(ref, 'name')}`;
  }),
);
const wideColumns: readonly TableColumn[] = [
  column('Users', 'Users who get it.', (object) => namesOf(object, 'User'), wide),
  column('Groups', 'Groups that get it.', (object) => namesOf(object, 'Group'), wide),
  column('ServiceAccounts', 'Service accounts that get it.', (object) => namesOf(object, 'ServiceAccount'), wide),
];

function binding(kind: 'ClusterRoleBinding' | 'RoleBinding', guard: RbacGuard): ServedResource {
  const isNamespaced = kind === 'RoleBinding';
  return builtinResource({
    table: kindTable(GROUP, kind),
    defaults,
    strategy: {
      nameErrors: nameIsPathSegment,
      createOnUpdate: true,
      validateCreate: (object) => validate(object, isNamespaced),
      validatesWholeMetadata: true,
      validateUpdate: (object, old) => [...validate(object, isNamespaced), ...refErrors(object, old)],
      ...guardedBinding(guard),
    },
    columns: [...columns, ...wideColumns],
  });
}

/** rbac.authorization.k8s.io/v1 rolebindings. */
export function roleBindings(guard: RbacGuard): ServedResource {
  return binding('RoleBinding', guard);
}

/** rbac.authorization.k8s.io/v1 clusterrolebindings. */
export function clusterRoleBindings(guard: RbacGuard): ServedResource {
  return binding('ClusterRoleBinding', guard);
}
