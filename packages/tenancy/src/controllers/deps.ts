import type { KubeObject } from '@kcp/api-machinery';
import { ApiError } from '@kcp/api-machinery';
import type { PreparingWriter } from '@kcp/apiserver';
import type { Clock } from '@kcp/controller';
import type { ObjectWriter } from '@kcp/object-store';
import type { BirthDeps } from '../birth/give-birth.ts';

/** What the controllers of workspaces work with. */
export interface TenancyDeps {
  readonly store: ObjectWriter;
  /** The write path, in the server's own name. */
  readonly writer: PreparingWriter;
  readonly birth: BirthDeps;
  readonly clock: Clock;
}

/** Outcomes that only say that the world moved on between reading and writing: the change that did it comes as a key again. */
const OVERTAKEN: ReadonlySet<string> = new Set(['AlreadyExists', 'Conflict', 'NotFound', 'Gone']);

/** Waits for a write; undefined where the world moved on meanwhile. Other errors are thrown. */
export async function unlessOvertaken(write: Promise<KubeObject | void>): Promise<KubeObject | undefined> {
  try {
    return (await write) ?? undefined;
  } catch (error) {
    if (error instanceof ApiError && OVERTAKEN.has(error.reason)) return undefined;
    throw error;
  }
}
