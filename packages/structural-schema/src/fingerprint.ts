import { createHash } from 'node:crypto';
import type { JsonObject } from '@kcp/api-machinery';
import { canonicalJson } from '@kcp/api-machinery';

/** Raised whenever equal schemas are compiled to something that behaves in another way. */
export const COMPILER_VERSION = 1;

/** What tells schemas apart, and how large one is. */
export interface SchemaIdentity {
  /** SHA-256, in hex, of the schema's stored form and the compiler's version; the order of keywords means nothing. */
  readonly fingerprint: string;
  /** Characters of the canonical JSON. */
  readonly weight: number;
}

/** Identifies a schema by its stored form (`StructuralSchema.stored`). Takes some 80 µs a KiB: kept, not repeated. */
export function identifySchema(stored: JsonObject): SchemaIdentity {
  const json = canonicalJson(stored);
  const fingerprint = createHash('sha256').update(`${COMPILER_VERSION}\n${json}`).digest('hex');
  return { fingerprint, weight: json.length };
}
