import type { LogicalCluster } from '@kcp/logical-cluster';
import type { Bucket, ObjectReader, StoredObject } from '@kcp/object-store';
import { LRUCache } from 'lru-cache';
import { conditionCompiler, type CompileConditions } from '../matching/match-conditions.ts';
import { decodeWebhooks, type Webhook } from './webhook.ts';

/** The webhooks of a logical cluster, in the order of their configurations' names and within these in theirs. */
export type WebhooksOf = (cluster: LogicalCluster) => readonly Webhook[];

/** What is kept of a generation. */
interface Known {
  readonly generation: number;
  readonly webhooks: readonly Webhook[];
  readonly bytes: number;
}

const PAGE = 500;
const NONE: readonly Webhook[] = [];

/** Bytes in memory for each of a stored configuration's JSON, by guess. */
const BYTES_PER_BYTE = 6;

/** How the webhooks of one kind of configuration are found. */
export interface ConfigurationsOptions {
  readonly store: ObjectReader;
  readonly resource: 'mutatingwebhookconfigurations' | 'validatingwebhookconfigurations';
  /** By default 16 MiB. */
  readonly maxBytes?: number;
  readonly compile?: CompileConditions;
}

/**
 * Reads configurations from the store and remembers what was read by logical cluster and generation, in so many bytes by estimate.
 * A logical cluster that never had one costs a look at its generation, and is not remembered.
 */
export function webhookConfigurations(options: ConfigurationsOptions): WebhooksOf {
  const { store, resource, maxBytes = 16 * 2 ** 20, compile = conditionCompiler() } = options;
  const bucket: Bucket = { group: 'admissionregistration.k8s.io', resource };
  const clusters = new LRUCache<LogicalCluster, Known>({ maxSize: maxBytes, sizeCalculation: ({ bytes }) => bytes });
  return (cluster) => {
    const generation = store.generation({ bucket, cluster });
    if (generation === 0) return NONE;
    const known = clusters.get(cluster);
    if (known?.generation === generation) return known.webhooks;
    const stored = all(store, bucket, cluster);
    const webhooks = stored.flatMap((configuration) => decodeWebhooks(configuration.decode(), compile));
    const bytes = stored.reduce((sum, { jsonSize }) => sum + jsonSize * BYTES_PER_BYTE, 256);
    // what is more than a quarter would drive out what others have
    if (bytes <= maxBytes / 4) clusters.set(cluster, { generation, webhooks, bytes });
    return webhooks;
  };
}

/** In the order of their names, which is the order of their keys. */
function all(store: ObjectReader, bucket: Bucket, cluster: LogicalCluster): readonly StoredObject[] {
  const found: StoredObject[] = [];
  let after: string | undefined;
  do {
    const page = store.page({ bucket, cluster, limit: PAGE, ...(after !== undefined && { after }) });
    found.push(...page.objects);
    after = page.next;
  } while (after !== undefined);
  return found;
}
