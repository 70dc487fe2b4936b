import { humanDuration } from '@kcp/api-machinery';
import type { Json, JsonObject, KubeObject } from '@kcp/api-machinery';
import { forbiddenResource } from '@kcp/api-machinery';
import { kindTable } from '@kcp/apis';
import type { ServedResource, TableColumn, UpdateStrategy, WriteContext } from '@kcp/apiserver';
import type { Authorizer } from '@kcp/auth';
import { builtinResource } from '../builtin-resource.ts';
import { ageColumn, column, nameColumn } from '../columns.ts';
import { asJson, numberAt, objectAt, objectsAt, textAt } from '../fields.ts';
import { signingRequestErrors, signingRequestUpdateErrors } from './signing-request-validation.ts';

const GROUP = 'certificates.k8s.io';

function signerName(object: KubeObject): string {
  return textAt(objectAt(object, 'spec'), 'signerName');
}

/** Who asks is said by the server, and nothing is decided yet. */
function prepareForCreate(object: KubeObject, { user }: WriteContext): KubeObject {
  const { username: _n, uid: _u, groups: _g, extra: _e, ...asked } = objectAt(object, 'spec');
  const extra = Object.keys(user.extra).length > 0 ? { extra: user.extra } : {};
  const uid = user.uid === '' ? {} : { uid: user.uid };
  const groups = user.groups.length > 0 ? { groups: user.groups } : {};
  return { ...object, spec: { ...asked, username: user.name, ...uid, ...groups, ...extra }, status: {} };
}

function withTimes(condition: JsonObject, before: readonly JsonObject[], now: string): JsonObject {
  const isSame = (other: JsonObject): boolean => {
    return (
      textAt(other, 'type') === textAt(condition, 'type') && textAt(other, 'status') === textAt(condition, 'status')
    );
  };
  const since = before.find((other) => isSame(other) && textAt(other, 'lastTransitionTime') !== '');
  return {
    ...condition,
    lastUpdateTime: condition['lastUpdateTime'] ?? now,
    lastTransitionTime: condition['lastTransitionTime'] ?? since?.['lastTransitionTime'] ?? now,
  };
}

function conditionsWithTimes(object: KubeObject, old: KubeObject, now: string): JsonObject {
  const before = objectsAt(objectAt(old, 'status'), 'conditions');
  const conditions = objectsAt(objectAt(object, 'status'), 'conditions');
  return conditions.length === 0
    ? {}
    : { conditions: conditions.map((condition) => withTimes(condition, before, now)) };
}

function oldField(old: KubeObject, field: string): Json {
  return asJson(old)[field] ?? {};
}

/** Whoever decides for a signer needs the verb `approve` or `sign` on it, or on all signers of its domain. */
function signerRight(authorize: Authorizer, verb: 'approve' | 'sign'): UpdateStrategy['authorizeUpdate'] {
  return async (object, old, { user, cluster }) => {
    const name = signerName(old);
    const ask = async (signer: string): Promise<boolean> => {
      const on = { group: GROUP, version: '*', resource: 'signers', subresource: '', namespace: '', name: signer };
      return (await authorize({ kind: 'resource', user, cluster, verb, ...on })).kind === 'allow';
    };
    if ((await ask(name)) || (await ask(`${name.slice(0, name.indexOf('/'))}/*`))) return;
    const why = `user not permitted to ${verb} requests with signerName ${JSON.stringify(name)}`;
    throw forbiddenResource({ group: GROUP, resource: 'certificatesigningrequests' }, object.metadata.name ?? '', why);
  };
}

function approvalStrategy(authorize: Authorizer): UpdateStrategy {
  const right = signerRight(authorize, 'approve');
  return {
    ...(right && { authorizeUpdate: right }),
    prepareForUpdate: (object, old, { now }) => {
      const { conditions: _, ...status } = objectAt(old, 'status');
      return {
        ...object,
        spec: oldField(old, 'spec'),
        status: { ...conditionsWithTimes(object, old, now), ...status },
      };
    },
    validateUpdate: (object, old) => signingRequestUpdateErrors(object, old, 'approval'),
  };
}

function statusStrategy(authorize: Authorizer): UpdateStrategy {
  const right = signerRight(authorize, 'sign');
  const certificate = (object: KubeObject): string => textAt(objectAt(object, 'status'), 'certificate');
  return {
    authorizeUpdate: async (object, old, context) => {
      if (certificate(object) !== certificate(old)) await right?.(object, old, context);
    },
    prepareForUpdate: (object, old, { now }) => {
      const status = { ...objectAt(object, 'status'), ...conditionsWithTimes(object, old, now) };
      return { ...object, spec: oldField(old, 'spec'), status };
    },
    validateUpdate: (object, old) => signingRequestUpdateErrors(object, old, 'status'),
  };
}

function decision(object: KubeObject): string {
  const status = objectAt(object, 'status');
  const types = objectsAt(status, 'conditions').map((condition) => textAt(condition, 'type'));
  const words = types.includes('Denied') ? ['Denied'] : types.includes('Approved') ? ['Approved'] : ['Pending'];
  if (types.includes('Failed')) words.push('Failed');
  if (textAt(status, 'certificate') !== '') words.push('Issued');
  return words.join(',');
}

function requestedDuration(object: KubeObject): string {
  const seconds = numberAt(objectAt(object, 'spec'), 'expirationSeconds');
  return seconds === undefined ? '<none>' : humanDuration(Number(seconds) * 1000);
}

const columns: readonly TableColumn[] = [
  nameColumn,
  ageColumn,
  column('SignerName', 'Who shall sign.', signerName),
  column('Requestor', 'Who asked.', (object) => textAt(objectAt(object, 'spec'), 'username')),
  column('RequestedDuration', 'For how long the certificate should be valid.', requestedDuration),
  column('Condition', 'What was decided.', decision),
];

/** certificates.k8s.io/v1 certificatesigningrequests, with approval and status. */
export function certificateSigningRequests(authorize: Authorizer): ServedResource {
  return builtinResource({
    table: kindTable(GROUP, 'CertificateSigningRequest'),
    strategy: {
      prepareForCreate,
      prepareForUpdate: (object, old) => ({ ...object, spec: oldField(old, 'spec'), status: oldField(old, 'status') }),
      validateCreate: signingRequestErrors,
      validateUpdate: (object, old) => signingRequestUpdateErrors(object, old, 'object'),
    },
    subresources: {
      approval: { kind: 'part', strategy: approvalStrategy(authorize) },
      status: { kind: 'part', strategy: statusStrategy(authorize) },
    },
    columns,
    selectableFields: { 'spec.signerName': signerName },
  });
}
