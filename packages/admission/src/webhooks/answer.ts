import { isArray, isObject, own, type Json, type JsonObject } from '@kcp/api-machinery';

/** What a webhook answered, checked. */
export interface Answer {
  readonly allowed: boolean;
  /** Why it was refused (metav1.Status). */
  readonly status: JsonObject | undefined;
  readonly warnings: readonly string[];
  readonly auditAnnotations: Readonly<Record<string, string>>;
  /** Of a mutating webhook. */
  readonly patch: { readonly type: string; readonly bytes: Buffer } | undefined;
}

/** As many warnings, and audit annotations, of one answer are passed on: neither headers nor events hold more. */
const MOST = 100;

/** An answer that does not fit its question. The message is what the client is told. */
export class AnswerError extends Error {
  override readonly name = 'AnswerError';
}

/** What the answer must fit. */
export interface Expected {
  readonly uid: string;
  readonly version: 'v1' | 'v1beta1';
  readonly isMutating: boolean;
}

/** Reads the response of an AdmissionReview (k8s.io/apiserver request.VerifyAdmissionResponse). Throws AnswerError. */
export function readAnswer(review: JsonObject, { uid, version, isMutating }: Expected): Answer {
  const response = own(review, 'response') ?? null;
  if (response === null) throw new AnswerError('webhook response was absent');
  if (!isObject(response)) throw typeError('response', 'object');
  const got = text(response, 'uid') ?? '';
  if (version === 'v1' && got !== uid)
    throw new AnswerError(`expected response.uid=${JSON.stringify(uid)}, got ${JSON.stringify(got)}`);
  const type = text(response, 'patchType');
  const patch = Buffer.from(text(response, 'patch') ?? '', 'base64');
  if (version === 'v1') checkPatch(patch, type, isMutating);
  const kept = version === 'v1' ? type : 'JSONPatch';
  return {
    allowed: flag(response, 'allowed'),
    status: object(response, 'status'),
    warnings: texts(response, 'warnings').slice(0, MOST),
    auditAnnotations: textMap(response, 'auditAnnotations'),
    patch: isMutating && patch.length > 0 && kept !== undefined ? { type: kept, bytes: patch } : undefined,
  };
}

function checkPatch(patch: Buffer, type: string | undefined, isMutating: boolean): void {
  if (!isMutating) {
    if (patch.length > 0) throw new AnswerError('validating webhook may not return response.patch');
    if (type !== undefined) throw new AnswerError('validating webhook may not return response.patchType');
    return;
  }
  if (patch.length > 0 && type === undefined)
    throw new AnswerError('webhook returned response.patch but not response.patchType');
  if (patch.length === 0 && type !== undefined)
    throw new AnswerError('webhook returned response.patchType but not response.patch');
  if (type === '') throw new AnswerError('webhook returned invalid response.patchType of ""');
}

function typeError(field: string, wanted: string): AnswerError {
  return new AnswerError(`json: ${field} is not of type ${wanted}`);
}

function text(json: JsonObject, field: string): string | undefined {
  const value = own(json, field) ?? null;
  if (value === null) return undefined;
  if (typeof value === 'string') return value;
  throw typeError(`response.${field}`, 'string');
}

function flag(json: JsonObject, field: string): boolean {
  const value = own(json, field) ?? false;
  if (typeof value === 'boolean') return value;
  throw typeError(`response.${field}`, 'bool');
}

function object(json: JsonObject, field: string): JsonObject | undefined {
  const value = own(json, field) ?? null;
  if (value === null) return undefined;
  if (isObject(value)) return value;
  throw typeError(`response.${field}`, 'object');
}

function isText(value: Json): value is string {
  return typeof value === 'string';
}

function texts(json: JsonObject, field: string): readonly string[] {
  const value = own(json, field) ?? null;
  if (value === null) return [];
  if (isArray(value) && value.every(isText)) return value;
  throw typeError(`response.${field}`, '[]string');
}

function textMap(json: JsonObject, field: string): Readonly<Record<string, string>> {
  const entries = Object.entries(object(json, field) ?? {}).slice(0, MOST);
  return Object.fromEntries(
    entries.map(([key, value]) => {
      if (typeof value === 'string') return [key, value];
      throw typeError(`response.${field}`, 'map[string]string');
    }),
  );
}
