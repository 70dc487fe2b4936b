import type { FieldError, KubeObject } from '@kcp/api-machinery';
import {
  invalid,
  isQualifiedName,
  itemPath,
  nameIsDnsLabel,
  asJson,
  objectAt,
  textAt,
  textsAt,
} from '@kcp/api-machinery';
import { kindTable } from '@kcp/apis';
import type { ServedResource, UpdateStrategy } from '@kcp/apiserver';
import type { Bucket } from '@kcp/object-store';
import { allVerbs, builtinResource } from '../builtin-resource.ts';
import { column, withNameAndAge } from '../columns.ts';
import { KUBERNETES_FINALIZER, unqualifiedFinalizer } from '../finalizer-names.ts';

/** Where namespaces are stored. */
export const namespaceBucket: Bucket = { group: '', resource: 'namespaces' };

/** The label that every namespace has: its name. */
export const NAME_LABEL = 'kubernetes.io/metadata.name';

/** What holds a namespace. */
export function namespaceFinalizers(object: KubeObject): readonly string[] {
  return textsAt(objectAt(object, 'spec'), 'finalizers');
}

/** Active or Terminating. */
export function namespacePhase(object: KubeObject): string {
  return textAt(objectAt(object, 'status'), 'phase');
}

function withNameLabel(object: KubeObject): KubeObject {
  const { name = '', labels } = object.metadata;
  if (name === '' || labels?.[NAME_LABEL] === name) return object;
  return { ...object, metadata: { ...object.metadata, labels: { ...labels, [NAME_LABEL]: name } } };
}

function defaults(object: KubeObject): KubeObject {
  const status = objectAt(object, 'status');
  const labelled = withNameLabel(object);
  return textAt(status, 'phase') === '' ? { ...labelled, status: { ...status, phase: 'Active' } } : labelled;
}

function prepareForCreate(object: KubeObject): KubeObject {
  const finalizers = namespaceFinalizers(object);
  const held = finalizers.includes(KUBERNETES_FINALIZER) ? finalizers : [...finalizers, KUBERNETES_FINALIZER];
  return { ...withNameLabel(object), spec: { finalizers: held }, status: { phase: 'Active' } };
}

function finalizerErrors(name: string, path: string): FieldError[] {
  const messages = isQualifiedName(name);
  if (messages.length > 0) return messages.map((message) => invalid(path, name, message));
  return unqualifiedFinalizer(name, path);
}

function validateStatus(object: KubeObject): FieldError[] {
  const phase = namespacePhase(object);
  const isEnding = object.metadata.deletionTimestamp !== undefined;
  const expected = isEnding ? 'Terminating' : 'Active';
  if (phase === expected) return [];
  const when = isEnding ? 'is not' : 'is';
  return [invalid('status.Phase', phase, `may only be '${expected}' if \`deletionTimestamp\` ${when} empty`)];
}

const statusStrategy: UpdateStrategy = {
  prepareForUpdate: (object, old) => ({ ...object, spec: asJson(old)['spec'] ?? {} }),
  validateUpdate: validateStatus,
};

const finalizeStrategy: UpdateStrategy = {
  prepareForUpdate: (object, old) => ({ ...object, status: asJson(old)['status'] ?? {} }),
  validateUpdate: (object) => {
    return namespaceFinalizers(object).flatMap((name, at) => finalizerErrors(name, itemPath('spec.finalizers', at)));
  },
};

/** v1 namespaces, with status and finalize. */
export function namespaces(): ServedResource {
  return builtinResource({
    table: kindTable('', 'Namespace'),
    defaults,
    verbs: allVerbs.filter((verb) => verb !== 'deletecollection'),
    strategy: {
      nameErrors: nameIsDnsLabel,
      prepareForCreate,
      validateCreate: (object) =>
        namespaceFinalizers(object).flatMap((name) => finalizerErrors(name, 'spec.finalizers')),
      prepareForUpdate: (object, old) => ({
        ...object,
        spec: asJson(old)['spec'] ?? {},
        status: asJson(old)['status'] ?? {},
      }),
      beginDelete: (object, { now }) => {
        if (namespaceFinalizers(object).length === 0) return undefined;
        if (object.metadata.deletionTimestamp !== undefined && namespacePhase(object) === 'Terminating') return object;
        const metadata = { ...object.metadata, deletionTimestamp: object.metadata.deletionTimestamp ?? now };
        return { ...object, metadata, status: { ...objectAt(object, 'status'), phase: 'Terminating' } };
      },
      isHeld: (object) => namespaceFinalizers(object).length > 0,
    },
    subresources: {
      finalize: { kind: 'part', strategy: finalizeStrategy, verbs: ['update'] },
      status: { kind: 'part', strategy: statusStrategy },
    },
    resetFields: { '': ['status'], finalize: ['status'], status: ['spec'] },
    columns: withNameAndAge(column('Status', 'Where the namespace is in its life.', namespacePhase)),
    selectableFields: { 'status.phase': namespacePhase },
  });
}
