import { decodePlain, parseJson } from '@kcp/api-machinery';
import {
  type DecodedBody,
  decodeObjectBody,
  decoderWords,
  type ObjectBody,
  objectOf,
  type TextFormat,
  unreadable,
} from '../media/body.ts';
import { checkJsonValues } from '../media/value-budget.ts';
import { breathe } from '../verbs/breathe.ts';
import { readBodyJob } from './body-jobs.ts';
import { type JobOrder, LARGE_BODY, type Offload } from './offload.ts';

/** The body of a write that is to be read, and for whom. */
export interface BodyToRead {
  readonly bytes: Buffer;
  readonly format: TextFormat;
  /** The kind that is wanted, for messages. */
  readonly kind: string;
  readonly owner: JobOrder['owner'];
}

/**
 * Reads the body of a write as `decodeObjectBody` does. Large ones are read elsewhere, JSON only where something is wrong with it:
 * what is plain is read here in less time than it takes to copy. After a large one others have their turn.
 */
export function readBody(offload: Offload, body: BodyToRead): ObjectBody | Promise<ObjectBody> {
  const { bytes, format, kind } = body;
  return bytes.length <= LARGE_BODY ? decodeObjectBody(bytes, format, kind) : readLarge(offload, body);
}

async function readLarge(offload: Offload, body: BodyToRead): Promise<ObjectBody> {
  const { bytes, kind } = body;
  let read: DecodedBody;
  try {
    read = await decode(offload, body);
  } catch (error) {
    throw unreadable(bytes, kind, decoderWords(error));
  }
  await breathe();
  return objectOf(read, bytes, kind);
}

async function decode(offload: Offload, { bytes, format, owner }: BodyToRead): Promise<DecodedBody> {
  if (format === 'json') {
    checkJsonValues(bytes);
    const value = decodePlain(bytes);
    if (value !== undefined) return { value, duplicates: [] };
  }
  const { json, duplicates } = await offload.run(readBodyJob, { bytes, format }, { owner, bytes: bytes.length });
  return { value: parseJson(json), duplicates };
}
