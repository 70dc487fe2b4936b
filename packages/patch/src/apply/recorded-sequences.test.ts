import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { ApiError, equal, isObject, parseJson } from '@kcp/api-machinery';
import type { Json, JsonObject, StatusCause } from '@kcp/api-machinery';
import { applyConfiguration } from './apply-configuration.ts';
import { conflictError } from './conflict.ts';
import { convertRecorded, recordedType } from './fixtures/recorded-type.ts';
import type { Endpoint } from './fixtures/recorded-type.ts';
import { updateManagedFields } from './update-managed-fields.ts';

/** A write and what Kubernetes' own field manager (k8s.io/apimachinery 0.36) made of it; results are in version v1. */
interface Step extends Endpoint {
  readonly op: 'apply' | 'update';
  readonly manager: string;
  readonly force?: boolean;
  readonly object: JsonObject;
  readonly now: string;
  readonly error?: string;
  readonly code?: number;
  readonly causes?: readonly StatusCause[];
  readonly result?: JsonObject;
}

const lines = readFileSync(new URL('./fixtures/recorded-sequences.jsonl', import.meta.url), 'utf8')
  .trim()
  .split('\n');
const sequences = lines.map((line) => parseJson(line) as unknown as readonly Step[]);

async function write(step: Step, live: JsonObject | undefined): Promise<JsonObject> {
  const type = recordedType(step);
  const current = live === undefined ? type.empty : convertRecorded(live, step.version);
  if (step.op === 'update') {
    const managedFields = await updateManagedFields(type, { ...step, live: current, next: step.object });
    return stored(step.object, managedFields);
  }
  const force = step.force ?? false;
  const outcome = await applyConfiguration(type, { ...step, live: current, applied: step.object, force });
  if (outcome.kind === 'conflicts') throw conflictError(outcome.conflicts);
  return stored(outcome.object, outcome.managedFields);
}

function stored(object: JsonObject, managedFields: Json | undefined): JsonObject {
  const { managedFields: _, ...metadata } = isObject(object['metadata']) ? object['metadata'] : {};
  const owned = { ...metadata, uid: 'u', ...(managedFields !== undefined && { managedFields }) };
  return convertRecorded({ ...object, metadata: owned }, 'v1');
}

const told = (causes: readonly StatusCause[] = []): string[] =>
  causes.map((cause) => `${cause.message} ${cause.field}`);

async function replay(sequence: readonly Step[]): Promise<void> {
  let live: JsonObject | undefined;
  for (const step of sequence) {
    const got = await write(step, live).catch((error: unknown) => error);
    if (step.result === undefined) {
      expect(got).toBeInstanceOf(ApiError);
      const { code, message, details } = got as ApiError;
      expect({ code, message }).toEqual({ code: step.code, message: step.error });
      expect(told(details?.causes).sort()).toEqual(told(step.causes).sort());
    } else {
      if (!equal(got as Json, step.result)) expect(got).toEqual(step.result);
      live = step.result;
    }
  }
}

describe('writes in a row own, change and refuse what they do in Kubernetes', () => {
  it.each(sequences.map((sequence, at) => [at, sequence] as const))('sequence %i', async (_at, sequence) => {
    await replay(sequence);
  });
});
