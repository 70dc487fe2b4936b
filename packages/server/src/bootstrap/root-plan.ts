import type { ServerOptions } from '../options.ts';
import { DEFAULT_SHARD } from '../tenancy.ts';

/** What root is to be. */
export interface RootPlan {
  /** Where this server is reached. */
  readonly url: string;
  readonly shard: string;
  readonly batteries: ReadonlySet<string>;
  readonly homeCreatorGroups: readonly string[];
}

const BATTERIES: readonly string[] = ['workspace-types'];

const HOME_CREATORS: readonly string[] = ['system:authenticated'];

/** What the options ask root to be. */
export function rootPlan(options: ServerOptions, url: string): RootPlan {
  const { shardName = DEFAULT_SHARD, batteries = BATTERIES, homeCreatorGroups = HOME_CREATORS } = options;
  return { url, shard: shardName, batteries: new Set(batteries), homeCreatorGroups };
}
