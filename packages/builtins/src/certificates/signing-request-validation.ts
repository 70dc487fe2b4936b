import { X509Certificate } from 'node:crypto';
import type { FieldError, JsonObject, KubeObject } from '@kcp/api-machinery';
import {
  duplicate,
  invalid,
  itemPath,
  notSupported,
  required,
  numberAt,
  objectAt,
  textAt,
  textsAt,
} from '@kcp/api-machinery';
import { certificateOf, conditionsOf } from './conditions.ts';
import { pemBlocks } from './pem.ts';
import { signerNameErrors } from './signer-name.ts';

/** Conditions that are decisions: they only come, the first two through /approval, and never go. */
export const DECISIONS = ['Approved', 'Denied', 'Failed'];
const SHORTEST = 600;

/** The usages that a request may ask for. */
export const USAGES: readonly string[] = [
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

/** The request's DER; undefined where the text is no PEM block of a request. */
export function requestBlock(request: string): Buffer | undefined {
  const [block] = pemBlocks(Buffer.from(request, 'base64').toString('latin1'));
  return block?.label === 'CERTIFICATE REQUEST' ? block.der : undefined;
}

function requestErrors(request: string): FieldError[] {
  if (requestBlock(request) !== undefined) return [];
  return [invalid('spec.request', request === '' ? null : request, 'PEM block type must be CERTIFICATE REQUEST')];
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

/** What was wrong before and stays as it is: an update need not put it right. */
export interface Tolerated {
  readonly usages: boolean;
  readonly signer: boolean;
  readonly emptyTypes: boolean;
  readonly duplicateTypes: boolean;
  readonly bothDecisions: boolean;
  readonly certificate: boolean;
}

const NOTHING: Tolerated = {
  usages: false,
  signer: false,
  emptyTypes: false,
  duplicateTypes: false,
  bothDecisions: false,
  certificate: false,
};

function specErrors(object: KubeObject, tolerated: Tolerated): FieldError[] {
  const spec = objectAt(object, 'spec');
  const seconds = numberAt(spec, 'expirationSeconds') ?? SHORTEST;
  const isLong = seconds >= SHORTEST;
  const why = `may not specify a duration less than ${SHORTEST} seconds (10 minutes)`;
  return [
    ...requestErrors(textAt(spec, 'request')),
    ...(tolerated.usages ? [] : usageErrors(textsAt(spec, 'usages'))),
    ...(tolerated.signer ? [] : signerNameErrors(textAt(spec, 'signerName'), 'spec.signerName')),
    ...(isLong ? [] : [invalid('spec.expirationSeconds', seconds, why)]),
  ];
}

function conditionErrors(condition: JsonObject, path: string, { emptyTypes }: Tolerated): FieldError[] {
  const [type, status] = [textAt(condition, 'type'), textAt(condition, 'status')];
  const errors = type === '' && !emptyTypes ? [required(`${path}.type`)] : [];
  const statuses = DECISIONS.includes(type) ? ['True'] : ['False', 'True', 'Unknown'];
  if (status === '') return [...errors, required(`${path}.status`)];
  return statuses.includes(status) ? errors : [...errors, notSupported(`${path}.status`, status, statuses)];
}

function conditionsErrors(object: KubeObject, tolerated: Tolerated): FieldError[] {
  const path = 'status.conditions';
  const conditions = conditionsOf(object);
  const types = conditions.map((condition) => textAt(condition, 'type'));
  return conditions.flatMap((condition, at) => {
    const type = types[at] ?? '';
    const place = itemPath(path, at);
    const errors = conditionErrors(condition, place, tolerated);
    const opposite = OPPOSITES.get(type);
    if (!tolerated.bothDecisions && opposite !== undefined && types.slice(0, at).includes(opposite))
      errors.push(invalid(path, type, 'Approved and Denied conditions are mutually exclusive'));
    if (!tolerated.duplicateTypes && types.indexOf(type) < at) errors.push(duplicate(`${place}.type`, type));
    return errors;
  });
}

const OPPOSITES: ReadonlyMap<string, string> = new Map([
  ['Approved', 'Denied'],
  ['Denied', 'Approved'],
]);

/** What is wrong with an issued certificate: it must be PEM blocks of certificates, and nothing else. */
export function certificateErrors(object: KubeObject): FieldError[] {
  const certificate = certificateOf(object);
  if (certificate === '') return [];
  const text = Buffer.from(certificate, 'base64').toString('latin1');
  const blocks = pemBlocks(text);
  const refuse = (why: string): FieldError[] => [invalid('status.certificate', '<certificate data>', why)];
  if (HEADERS.test(text)) return refuse('no PEM block headers are permitted');
  const other = blocks.find(({ label }) => label !== 'CERTIFICATE');
  if (other) return refuse(`only CERTIFICATE PEM blocks are allowed, found ${JSON.stringify(other.label)}`);
  if (blocks.length === 0) return refuse('must contain at least one CERTIFICATE PEM block');
  return blocks.every(({ der }) => isCertificate(der)) ? [] : refuse('x509: malformed certificate');
}

/** A line such as `Proc-Type: 4,ENCRYPTED` after the first line of a block (RFC 1421). */
const HEADERS = /-----BEGIN [A-Z0-9 ]+-----\s+[A-Za-z0-9-]+:/;

function isCertificate(der: Buffer): boolean {
  try {
    return new X509Certificate(der).raw.length === der.length;
  } catch {
    return false;
  }
}

/** What is wrong with a new request. */
export function signingRequestErrors(object: KubeObject): FieldError[] {
  return toleratingErrors(object, NOTHING);
}

/** What is wrong with a request, apart from what is tolerated. */
export function toleratingErrors(object: KubeObject, tolerated: Tolerated): FieldError[] {
  return [
    ...specErrors(object, tolerated),
    ...conditionsErrors(object, tolerated),
    ...(tolerated.certificate ? [] : certificateErrors(object)),
  ];
}
