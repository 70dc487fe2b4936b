import type { JsonObject } from '@kcp/api-machinery';
import { ApiError } from '@kcp/api-machinery';
import type { LoopbackClient } from '@kcp/kcp';

/** The configmaps of the namespace that tests use. */
export const maps = '/api/v1/namespaces/test/configmaps';

/** A client of a logical cluster of its own, with the namespace `test` in it. */
export async function withNamespace(client: LoopbackClient): Promise<LoopbackClient> {
  await client.create('/api/v1/namespaces', { metadata: { name: 'test' } });
  return client;
}

/** A ConfigMap. */
export function map(name: string, data: Readonly<Record<string, string>> = {}, metadata: JsonObject = {}): JsonObject {
  return { apiVersion: 'v1', kind: 'ConfigMap', metadata: { ...metadata, name }, data };
}

/** What tests look at of an object. */
export interface Seen {
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly resourceVersion: string;
    readonly generation?: number;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
    readonly finalizers?: readonly string[];
    readonly deletionTimestamp?: string;
    readonly continue?: string;
    readonly remainingItemCount?: number;
  };
  readonly data?: Readonly<Record<string, string>>;
  readonly spec?: JsonObject;
  readonly status?: JsonObject;
}

/** An answer as an object, for a test that knows what it is. */
export function seen(object: JsonObject): Seen {
  return object as unknown as Seen;
}

/** The names of a list's items. */
export function names(list: JsonObject): readonly string[] {
  return (list as unknown as { items: readonly Seen[] }).items.map(({ metadata }) => metadata.name);
}

/** What a request was refused with. */
export async function refusal(request: Promise<unknown>): Promise<ApiError> {
  try {
    await request;
  } catch (error) {
    if (error instanceof ApiError) return error;
    throw error;
  }
  throw new Error('was not refused');
}

/** The next events of a watch, as `TYPE name`. */
export async function events(watch: AsyncIterable<JsonObject>, count: number): Promise<readonly string[]> {
  const told: string[] = [];
  for await (const event of watch) {
    const { type, object } = event as unknown as { type: string; object: Seen };
    told.push(type === 'BOOKMARK' ? type : `${type} ${object.metadata.name}`);
    if (told.length === count) break;
  }
  return told;
}
