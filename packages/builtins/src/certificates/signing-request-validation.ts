import type { FieldError, JsonObject, KubeObject } from '@kcp/api-machinery';
import { duplicate, forbidden, invalid, itemPath, notSupported, required } from '@kcp/api-machinery';
import { numberAt, objectAt, objectsAt, textAt, textsAt } from '../fields.ts';
import { isSequence, pemBlocks } from './pem.ts';
import { signerNameErrors } from './signer-name.ts';

/** Conditions that are decisions: they only come, through /approval the first two, and never go. */
const DECISIONS = ['Approved', 'Denied', 'Failed'];
const SHORTEST = 600;

const USAGES = [
  'any',
  'cert sign',
  'client auth',
  'code signing',
  'content commitment',
  'crl sign',
  'data encipherment',
  'decipher only',
  'digital signature',
  'email protection',
  'encipher only',
  'ipsec end system',
  'ipsec tunnel',
  'ipsec user',
  'key agreement',
  'key encipherment',
  'microsoft sgc',
  'netscape sgc',
  'ocsp signing',
  's/mime',
  'server auth',
  'signing',
  'timestamping',
];

function requestErrors(request: string): FieldError[] {
  const path = 'spec.request';
  const shown = request === '' ? null : request;
  const [block] = pemBlocks(Buffer.from(request, 'base64').toString('latin1'));
  if (block?.label !== 'CERTIFICATE REQUEST') {
    return [invalid(path, shown, 'PEM block type must be CERTIFICATE REQUEST')];
  }
  return isSequence(block.der) ? [] : [invalid(path, shown, 'asn1: structure error: length does not fit')];
}

function usageErrors(usages: readonly string[]): FieldError[] {
  const path = 'spec.usages';
  if (usages.length === 0) return [required(path)];
  const errors: FieldError[] = [];
  usages.forEach((usage, at) => {
    if (!USAGES.includes(usage)) errors.push(notSupported(itemPath(path, at), usage, USAGES));
    if (usages.indexOf(usage) < at) errors.push(duplicate(itemPath(path, at), usage));
  });
  return errors;
}

function specErrors(object: KubeObject): FieldError[] {
  const spec = objectAt(object, 'spec');
  const seconds = numberAt(spec, 'expirationSeconds') ?? SHORTEST;
  const isLong = seconds >= SHORTEST;
  const why = `may not specify a duration less than ${SHORTEST} seconds (10 minutes)`;
  return [
    ...requestErrors(textAt(spec, 'request')),
    ...usageErrors(textsAt(spec, 'usages')),
    ...signerNameErrors(textAt(spec, 'signerName'), 'spec.signerName'),
    ...(isLong ? [] : [invalid('spec.expirationSeconds', seconds, why)]),
  ];
}

function conditionsOf(object: KubeObject): readonly JsonObject[] {
  return objectsAt(objectAt(object, 'status'), 'conditions');
}

function conditionErrors(condition: JsonObject, path: string): FieldError[] {
  const [type, status] = [textAt(condition, 'type'), textAt(condition, 'status')];
  const errors = type === '' ? [required(`${path}.type`)] : [];
  const statuses = DECISIONS.includes(type) ? ['True'] : ['True', 'False', 'Unknown'];
  if (status === '') return [...errors, required(`${path}.status`)];
  return statuses.includes(status) ? errors : [...errors, notSupported(`${path}.status`, status, statuses)];
}

function conditionsErrors(object: KubeObject): FieldError[] {
  const path = 'status.conditions';
  const conditions = conditionsOf(object);
  const types = conditions.map((condition) => textAt(condition, 'type'));
  const errors = conditions.flatMap((condition, at) => conditionErrors(condition, itemPath(path, at)));
  types.forEach((type, at) => {
    if (type !== '' && types.indexOf(type) < at) errors.push(duplicate(`${itemPath(path, at)}.type`, type));
  });
  const decisions = types.filter((type) => type === 'Approved' || type === 'Denied');
  const last = new Set(decisions).size === 2 ? decisions.at(-1) : undefined;
  if (last !== undefined) {
    errors.push(invalid(path, last, 'Approved and Denied conditions are mutually exclusive'));
  }
  return errors;
}

function certificateErrors(object: KubeObject): FieldError[] {
  const certificate = textAt(objectAt(object, 'status'), 'certificate');
  if (certificate === '') return [];
  const path = 'status.certificate';
  const blocks = pemBlocks(Buffer.from(certificate, 'base64').toString('latin1'));
  const refuse = (why: string): FieldError[] => [invalid(path, '<certificate data>', why)];
  if (blocks.length === 0) return refuse('must contain at least one CERTIFICATE PEM block');
  if (blocks.some(({ label }) => label !== 'CERTIFICATE')) return refuse('only CERTIFICATE PEM blocks are allowed');
  return blocks.every(({ der }) => isSequence(der)) ? [] : refuse('x509: malformed certificate');
}

/** What is wrong with a new request. */
export function signingRequestErrors(object: KubeObject): FieldError[] {
  return [...specErrors(object), ...conditionsErrors(object), ...certificateErrors(object)];
}

/** Which part of a request an update may touch. */
export type SigningRequestPart = 'approval' | 'object' | 'status';

/** What a change of a request may not do. */
export function signingRequestUpdateErrors(
  object: KubeObject,
  old: KubeObject,
  part: SigningRequestPart,
): FieldError[] {
  const path = 'status.conditions';
  const count = (of: KubeObject, type: string): number => {
    return conditionsOf(of).filter((condition) => textAt(condition, 'type') === type).length;
  };
  const errors = signingRequestErrors(object);
  for (const type of DECISIONS) {
    if (count(object, type) < count(old, type)) {
      errors.push(forbidden(path, `updates may not remove a condition of type ${JSON.stringify(type)}`));
    }
  }
  if (part === 'approval') return errors;
  for (const type of ['Approved', 'Denied']) {
    if (count(object, type) > count(old, type)) {
      errors.push(forbidden(path, `updates may not add a condition of type ${JSON.stringify(type)}`));
    }
  }
  return errors;
}
