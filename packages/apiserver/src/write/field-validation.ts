import { badRequest, type JsonObject } from '@kcp/api-machinery';
import type { Decoded, ServedResource } from '../served-resource.ts';
import type { WriteRequest } from './write-request.ts';

/** At most so many texts of unknown or duplicate fields are told. */
const TOLD = 100;

/** Decodes a body in a resource's version and does with unknown and duplicate fields what the field validation asks. */
export function decodeValidated(
  { resource, options, context }: WriteRequest,
  body: { object: JsonObject; duplicates: readonly string[] },
): Decoded {
  const part = context.span?.child('decode');
  const decoded = resource.decode(body.object);
  part?.end();
  const texts = problems(decoded, body.duplicates, { ...options, origin: resource.origin });
  if (texts.length > 0 && options.fieldValidation === 'Strict') {
    throw badRequest(
      `${resource.kind} in version ${JSON.stringify(resource.gvr.version)} cannot be handled as a ${resource.kind}: strict decoding error: ${texts.join(', ')}`,
    );
  }
  for (const text of texts) context.warn(text);
  return decoded;
}

/** What a strict reader refuses: of built-in kinds unknown fields first, of custom ones duplicate fields. */
export function problems(
  decoded: Decoded,
  duplicates: readonly string[],
  { fieldValidation, origin }: { fieldValidation: 'Strict' | 'Warn' | 'Ignore'; origin: ServedResource['origin'] },
): readonly string[] {
  if (fieldValidation === 'Ignore' || (decoded.unknownFields.length === 0 && duplicates.length === 0)) return [];
  const unknown = decoded.unknownFields.map((field) => `unknown field ${JSON.stringify(field)}`);
  return (origin === 'builtin' ? [...unknown, ...duplicates] : [...duplicates, ...unknown]).slice(0, TOLD);
}
