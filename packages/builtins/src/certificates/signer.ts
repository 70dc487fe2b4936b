import { unlessOvertaken } from '@kcp/apiserver';
import { numberAt, objectAt, textAt, textsAt } from '@kcp/api-machinery';
import { X509Certificate } from 'node:crypto';
import type { JsonObject, KubeObject } from '@kcp/api-machinery';
import { isReservedName, readCertificateRequest, signCertificateRequest, type KeyPair } from '@kcp/auth';
import type { Clock, Reconcile, ReconcileKey } from '@kcp/controller';
import { done } from '@kcp/controller';
import type { Bucket, FollowedChange } from '@kcp/object-store';
import type { ReconcileDeps } from '../controllers/deps.ts';
import { certificateOf, conditionsOf, conditionsOfType, isApproved, signerName, withConditions } from './conditions.ts';
import { requestBlock } from './signing-request-validation.ts';

/** The signer of client certificates for this server: the only one that it plays itself. */
export const CLIENT_SIGNER = 'kubernetes.io/kube-apiserver-client';
/** Where signing requests are stored. */
export const signingRequestBucket: Bucket = { group: 'certificates.k8s.io', resource: 'certificatesigningrequests' };

/** Certificates begin so long before they are made: clocks differ. Always less than the shortest time that may be asked for. */
const BACKDATE_MS = 5 * 60_000;
/** Certificates for less than this end as long after the signing as was asked; longer ones count from where they begin. */
const SHORT_MS = 8 * 3_600_000;
const SHORTEST_MS = 600_000;
const OPTIONAL_USAGES = ['digital signature', 'key encipherment'];

/** What the signer is made of. */
export interface SignerDeps extends ReconcileDeps {
  readonly clock: Clock;
  readonly signing: Signing;
}

/** The authority that signs, and for how long at most. */
export interface Signing {
  /** Asked each time: it may have been replaced. */
  readonly authority: () => KeyPair;
  /** In milliseconds (--cluster-signing-duration). */
  readonly durationMs: number;
}

/** Requests that wait for this signer. */
export function signerKeys({ kind, object }: FollowedChange): readonly ReconcileKey[] {
  return kind === 'put' && isWaiting(object.decode()) ? [object.key] : [];
}

function isWaiting(request: KubeObject): boolean {
  const isFailed = conditionsOfType(request, 'Failed').some((condition) => condition['status'] === 'True');
  return signerName(request) === CLIENT_SIGNER && isApproved(request) && !isFailed && certificateOf(request) === '';
}

/**
 * Issues certificates for approved requests (kube-controller-manager's csrsigning), each for the logical cluster of its
 * request only. What it does not sign is said in the condition `Failed`. An authority that has expired makes it throw: the
 * request waits until there is another.
 */
export function requestSigner(deps: SignerDeps): Reconcile {
  return async (key) => {
    const request = deps.store.get(signingRequestBucket, key)?.decode();
    if (request === undefined || request.metadata.deletionTimestamp !== undefined || !isWaiting(request)) return done;
    const validity = validityOf(request, deps);
    const signed = await sign(request, { deps, key, validity });
    const address = { ...key, resource: { ...signingRequestBucket, version: 'v1' } };
    const write = (old: KubeObject): KubeObject => (isWaiting(old) ? signed(old) : old);
    await unlessOvertaken(deps.writer.update(address, write, 'status'));
    return done;
  };
}

type Answer = (request: KubeObject) => KubeObject;

interface Validity {
  readonly notBefore: number;
  readonly notAfter: number;
}

/** What becomes of a request: a certificate, or the reason why there is none. */
async function sign(
  request: KubeObject,
  { deps, key, validity }: { deps: SignerDeps; key: ReconcileKey; validity: Validity },
): Promise<Answer> {
  const spec = objectAt(request, 'spec');
  const usages = textsAt(spec, 'usages');
  const der = requestBlock(textAt(spec, 'request')) ?? Buffer.alloc(0);
  try {
    const why = usageRefusal(usages) ?? (await subjectRefusal(der));
    if (why !== undefined) return failed(why, deps.clock);
    const authority = deps.signing.authority();
    const pem = await signCertificateRequest({ authority, request: der, cluster: key.cluster, usages, ...validity });
    return (old) => withStatus(old, { certificate: Buffer.from(pem).toString('base64') });
  } catch (error) {
    return failed(error instanceof Error ? error.message : String(error), deps.clock);
  }
}

function usageRefusal(usages: readonly string[]): string | undefined {
  const other = usages.find((usage) => usage !== 'client auth' && !OPTIONAL_USAGES.includes(usage));
  if (other !== undefined) return `invalid usage for client certificate: ${other}`;
  return usages.includes('client auth') ? undefined : 'missing required usage for client certificate: client auth';
}

async function subjectRefusal(der: Uint8Array): Promise<string | undefined> {
  const { commonName, organizations } = await readCertificateRequest(der);
  if (commonName === '') return 'subject common name is required: it is the name of the user';
  const reserved = [commonName, ...organizations].find(isReservedName);
  if (reserved === undefined) return undefined;
  return `${JSON.stringify(reserved)} is reserved: it means something to the server itself`;
}

/** Throws Error where the authority has ended. */
function validityOf(request: KubeObject, { clock, signing }: SignerDeps): Validity {
  const asked = numberAt(objectAt(request, 'spec'), 'expirationSeconds');
  const wanted = asked === undefined ? signing.durationMs : Math.max(Number(asked) * 1000, SHORTEST_MS);
  const duration = Math.min(wanted, signing.durationMs);
  const now = clock.now();
  const end = new X509Certificate(signing.authority().certificate).validToDate.getTime();
  if (now >= end) throw new Error(`the signing certificate has expired: ${new Date(end).toISOString()}`);
  const notAfter = now + duration - (duration < SHORT_MS ? 0 : BACKDATE_MS);
  return { notBefore: now - BACKDATE_MS, notAfter: Math.min(notAfter, end) };
}

function failed(message: string, clock: Clock): Answer {
  const lastUpdateTime = new Date(clock.now()).toISOString().replace(/\.\d+Z$/, 'Z');
  const condition = { type: 'Failed', status: 'True', reason: 'SignerValidationFailure', message, lastUpdateTime };
  return (old) => withConditions(old, [...conditionsOf(old), condition]);
}

function withStatus(request: KubeObject, more: JsonObject): KubeObject {
  return { ...request, status: { ...objectAt(request, 'status'), ...more } };
}
