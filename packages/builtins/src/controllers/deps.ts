import type { KubeObject } from '@kcp/api-machinery';
import { ApiError } from '@kcp/api-machinery';
import type { InProcessWriter, ServedResource } from '@kcp/apiserver';
import type { LogicalCluster } from '@kcp/logical-cluster';
import type { ObjectReader } from '@kcp/object-store';

/** The reads that controllers do. */
export type ControllerReader = Pick<ObjectReader, 'get' | 'page'>;

/** What controllers of built-in kinds may do. Writes go through the ordinary write path. */
export interface ReconcileDeps {
  readonly store: ControllerReader;
  readonly writer: InProcessWriter;
}

/** Lists what a logical cluster serves, so that the content of a namespace can be found. */
export type ListResources = (cluster: LogicalCluster) => readonly ServedResource[];

/** Outcomes that only say that the world moved on between reading and writing: the change that did it comes as a key again. */
const OVERTAKEN: ReadonlySet<string> = new Set(['AlreadyExists', 'Conflict', 'NotFound', 'Gone']);

/** Waits for a write; undefined where the world moved on meanwhile. Other errors are thrown. */
export async function unlessOvertaken(write: Promise<KubeObject | void>): Promise<KubeObject | undefined> {
  try {
    return (await write) ?? undefined;
  } catch (error) {
    if (error instanceof ApiError && (OVERTAKEN.has(error.reason) || isEnding(error))) return undefined;
    throw error;
  }
}

function isEnding({ details }: ApiError): boolean {
  return details?.causes?.some(({ reason }) => reason === 'NamespaceTerminating') ?? false;
}
