import type { Json, KubeObject } from '@kcp/api-machinery';
import { humanDuration, invalid, asJson, numberAt, objectAt, textAt } from '@kcp/api-machinery';
import { kindTable } from '@kcp/apis';
import type { ServedResource, TableColumn, UpdateStrategy, WriteContext } from '@kcp/apiserver';
import { readCertificateRequest } from '@kcp/auth';
import { builtinResource, nameIsPathSegment } from '../builtin-resource.ts';
import { ageColumn, column, nameColumn } from '../columns.ts';
import { certificateOf, conditionsOf, signerName, withConditions, withOldDecisions, withTimes } from './conditions.ts';
import { requestBlock, signingRequestErrors } from './signing-request-validation.ts';
import { signingRequestUpdateErrors } from './signing-request-update.ts';

/** The group of signing requests. */
export const CERTIFICATES_GROUP = 'certificates.k8s.io';

/** Who asks is said by the server, and nothing is decided yet. */
function prepareForCreate(object: KubeObject, { user }: WriteContext): KubeObject {
  const { username: _n, uid: _u, groups: _g, extra: _e, ...asked } = objectAt(object, 'spec');
  const extra = Object.keys(user.extra).length > 0 ? { extra: user.extra } : {};
  const uid = user.uid === '' ? {} : { uid: user.uid };
  const groups = user.groups.length > 0 ? { groups: user.groups } : {};
  return { ...object, spec: { ...asked, username: user.name, ...uid, ...groups, ...extra }, status: {} };
}

function oldField(old: KubeObject, field: string): Json {
  return asJson(old)[field] ?? {};
}

/** Checks what takes a library to read: that the request is one, and is signed with the key that it is for. */
async function examineRequest(object: KubeObject) {
  const request = textAt(objectAt(object, 'spec'), 'request');
  const block = requestBlock(request);
  if (block === undefined) return [];
  try {
    await readCertificateRequest(block);
    return [];
  } catch (error) {
    return [invalid('spec.request', request, error instanceof Error ? error.message : String(error))];
  }
}

/** Only the conditions change. */
const approval: UpdateStrategy = {
  prepareForUpdate: (object, old, { now }) => ({
    ...withConditions({ ...object, status: oldField(old, 'status') }, withTimes(object, old, now)),
    spec: oldField(old, 'spec'),
  }),
  validateUpdate: (object, old) => signingRequestUpdateErrors(object, old, 'approval'),
};

/** Everything but the decisions changes. */
const status: UpdateStrategy = {
  prepareForUpdate: (object, old, { now }) => {
    const timed = withConditions(object, withTimes(object, old, now));
    return { ...withOldDecisions(timed, old), spec: oldField(old, 'spec') };
  },
  validateUpdate: (object, old) => signingRequestUpdateErrors(object, old, 'status'),
};

function decision(object: KubeObject): string {
  const types = conditionsOf(object).map((condition) => textAt(condition, 'type'));
  const words = types.includes('Denied') ? ['Denied'] : types.includes('Approved') ? ['Approved'] : ['Pending'];
  if (types.includes('Failed')) words.push('Failed');
  if (certificateOf(object) !== '') words.push('Issued');
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

/**
 * certificates.k8s.io/v1 certificatesigningrequests, with approval and status. Who may approve and sign is a matter of
 * admission: `certificateAdmission`.
 */
export function certificateSigningRequests(): ServedResource {
  return builtinResource({
    table: kindTable(CERTIFICATES_GROUP, 'CertificateSigningRequest'),
    strategy: {
      nameErrors: nameIsPathSegment,
      prepareForCreate,
      prepareForUpdate: (object, old) => ({ ...object, spec: oldField(old, 'spec'), status: oldField(old, 'status') }),
      validateCreate: signingRequestErrors,
      validatesWholeMetadata: true,
      examineCreate: examineRequest,
      validateUpdate: (object, old) => signingRequestUpdateErrors(object, old, 'object'),
    },
    subresources: { approval: { kind: 'part', strategy: approval }, status: { kind: 'part', strategy: status } },
    resetFields: {
      '': ['status'],
      approval: ['spec', 'status.certificate'],
      status: ['spec', 'status.conditions'],
    },
    columns,
    selectableFields: { 'spec.signerName': signerName },
  });
}
