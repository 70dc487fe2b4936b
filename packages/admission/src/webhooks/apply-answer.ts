import { ApiError, decodeStrict, equal, isObject, type KubeObject } from '@kcp/api-machinery';
import { applyJsonPatch, decodeJsonPatch, type JsonPatchOperation } from '@kcp/patch';
import type { AdmissionAttributes } from '../admission.ts';
import type { Answer } from './answer.ts';
import { CallFailure, internalError } from './call-failure.ts';
import type { Relevant } from './relevance.ts';

/**
 * The object as a webhook's patch leaves it, the same value where it changes nothing. Throws CallFailure for a patch that is none;
 * one that does not fit the object is an InternalError, whatever the failure policy.
 */
export function applyAnswer(
  { webhook, shown, match }: Relevant,
  { patch }: Answer,
  attributes: AdmissionAttributes,
): KubeObject | undefined {
  const before = shown.object;
  if (patch === undefined) return before;
  const operations = decode(webhook.name, patch.bytes);
  if (operations.length === 0) return before;
  if (before === undefined) {
    const named = JSON.stringify(webhook.name);
    throw internalError(
      `admission webhook ${named} attempted to modify the object, which is not supported for this operation`,
    );
  }
  if (patch.type !== 'JSONPatch') {
    throw new CallFailure(webhook.name, `unsupported patch type ${JSON.stringify(patch.type)}`);
  }
  const after = patched(before, operations, (raw) => {
    if (!isObject(raw)) throw internalError('json: a patch left no object');
    return match.equivalent ? match.equivalent.decode(raw) : attributes.decode(raw);
  });
  return equal(before, after) ? before : after;
}

function decode(webhook: string, bytes: Buffer): readonly JsonPatchOperation[] {
  try {
    return decodeJsonPatch(decodeStrict(bytes).value).operations;
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    const why = error.message.replace('error decoding patch: ', '');
    throw new CallFailure(webhook, `received undecodable patch in webhook response: ${why}`, error);
  }
}

function patched(
  before: KubeObject,
  operations: readonly JsonPatchOperation[],
  read: (raw: ReturnType<typeof applyJsonPatch>) => KubeObject,
): KubeObject {
  try {
    return read(applyJsonPatch(before, operations));
  } catch (error) {
    if (!(error instanceof ApiError) || error.reason === 'InternalError') throw error;
    const why = error.cause instanceof Error ? error.cause.message : error.message;
    throw internalError(why, error);
  }
}
