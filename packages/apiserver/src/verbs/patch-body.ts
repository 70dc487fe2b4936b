import { ApiError, badRequest, type Json, type JsonObject } from '@kcp/api-machinery';
import {
  applyJsonPatch,
  applyMergePatch,
  applyStrategicMergePatch,
  decodeJsonPatch,
  type MergeSchema,
} from '@kcp/patch';
import { decodeBody, decoderWords, type DecodedBody } from '../media/body.ts';

/** The kinds of patches that are made of an object as it is; a configuration to apply is another matter. */
export type PatchType = 'json' | 'merge' | 'strategic';

/** A patch, read. */
export interface Patch {
  readonly type: PatchType;
  /** What it makes of a document, which it does not change. Throws ApiError where it cannot be applied. */
  apply(document: JsonObject): Json;
  /** What a strict reader refuses in the patch itself. */
  readonly problems: readonly string[];
}

/** Reads a patch. Throws BadRequest where it is none. `schema` is for strategic merge patches. */
export function readPatch(bytes: Buffer, type: PatchType, schema: MergeSchema | undefined): Patch {
  const { value, duplicates } = decode(bytes);
  switch (type) {
    case 'json': {
      const { operations, unknownFields } = decodeJsonPatch(value);
      const problems = [...unknownFields, ...duplicates.map((text) => `json patch ${text}`)];
      return { type, apply: (document) => applyJsonPatch(document, operations), problems };
    }
    case 'merge':
      return { type, apply: (document) => applyMergePatch(document, value), problems: duplicates };
    case 'strategic':
      if (schema === undefined)
        throw new ApiError('UnsupportedMediaType', '415: Unsupported Media Type', { details: {} });
      return { type, apply: (document) => applyStrategicMergePatch(document, value, schema), problems: duplicates };
  }
}

function decode(bytes: Buffer): DecodedBody {
  try {
    return decodeBody(bytes, 'json');
  } catch (error) {
    throw badRequest(`error decoding patch: ${decoderWords(error)}`);
  }
}
