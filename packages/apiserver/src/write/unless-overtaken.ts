import { ApiError, type KubeObject } from '@kcp/api-machinery';

/** Outcomes that only say that the world moved on between reading and writing: the change that did it comes as a key again. */
const OVERTAKEN: ReadonlySet<string> = new Set(['AlreadyExists', 'Conflict', 'NotFound', 'Gone']);

/** For controllers: waits for a write; undefined where the world moved on meanwhile. Other errors are thrown. */
export async function unlessOvertaken(write: Promise<KubeObject | void>): Promise<KubeObject | undefined> {
  try {
    return (await write) ?? undefined;
  } catch (error) {
    if (error instanceof ApiError && (OVERTAKEN.has(error.reason) || isEnding(error))) return undefined;
    throw error;
  }
}

/** Nothing is made in a namespace that goes. */
function isEnding({ details }: ApiError): boolean {
  return details?.causes?.some(({ reason }) => reason === 'NamespaceTerminating') ?? false;
}
