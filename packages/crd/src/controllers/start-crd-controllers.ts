import { type InProcessWriter, timestamp } from '@kcp/apiserver';
import { type ChangeSource, type Clock, type Controller, type ReconcileKey, startController } from '@kcp/controller';
import type { LogicalCluster } from '@kcp/logical-cluster';
import { type Bucket, changeSource, type FollowedChange, type ObjectWriter } from '@kcp/object-store';
import type { Logger, Meter } from '@kcp/telemetry';
import { definitionBucket } from '../definition/custom-resource-definition.ts';
import type { DefinitionChecks } from '../definition/definition-checks.ts';
import type { DefinitionIndex } from '../serving/definition-index.ts';
import { checkDefinition } from './check-definition.ts';
import { definitionWriter } from './definition-writer.ts';
import { deleteInstancesWith } from './delete-instances.ts';
import { finalizeDefinition } from './finalize-definition.ts';
import { nameGroup } from './name-group.ts';
import type { NamesInUse } from './names-in-use.ts';

/** What the controllers of definitions need of the world around them. */
export interface CrdControllersOptions {
  /** What the controllers read, and where they note how far they followed its changes. */
  readonly store: ObjectWriter;
  /** Writes statuses and deletes instances, as anybody else. */
  readonly writer: InProcessWriter;
  /** The one that the catalog reads, too. */
  readonly index: DefinitionIndex;
  /** The ones that writes of definitions are checked with. */
  readonly checks: DefinitionChecks;
  readonly clock: Clock;
  readonly logger: Logger;
  readonly meter: Meter;
  /** The names of built-in and system kinds in a group of a logical cluster, which no definition may take. */
  readonly builtinNames: (cluster: LogicalCluster, group: string) => NamesInUse | undefined;
}

/** Running controllers. Disposing of them stops all. */
export interface CrdControllers extends AsyncDisposable {
  /** Fulfils when everything written so far is reconciled. */
  settled(): Promise<void>;
}

/** Starts what gives definitions their names, establishes them, checks them and deletes their instances. One set for all logical clusters. */
export function startCrdControllers(options: CrdControllersOptions): CrdControllers {
  const { store, index, clock, builtinNames, checks } = options;
  const writer = definitionWriter(options.writer);
  const now = (): string => timestamp(clock.now());
  const isBuiltin = (cluster: LogicalCluster, group: string, resource: string): boolean =>
    builtinNames(cluster, group)?.resources.has(resource) ?? false;
  const deleteInstances = deleteInstancesWith(store, options.writer);
  const controllers: readonly Controller[] = [
    start(options, 'crd-naming', {
      keysOf: groupKey,
      reconcile: nameGroup({ store, index, writer, builtinNames, now }),
    }),
    start(options, 'crd-checking', { keysOf: ownKey, reconcile: checkDefinition({ store, writer, checks, now }) }),
    start(options, 'crd-finalizer', {
      keysOf: ownKey,
      reconcile: finalizeDefinition({ store, writer, deleteInstances, isBuiltin, clock }),
    }),
  ];
  return {
    settled: async () => {
      await Promise.all(controllers.map((controller) => controller.settled()));
    },
    [Symbol.asyncDispose]: async () => {
      await Promise.all(controllers.map((controller) => controller[Symbol.asyncDispose]()));
    },
  };
}

const CONCURRENCY = 16;
const buckets: readonly Bucket[] = [definitionBucket];

type Work = Pick<Parameters<typeof startController<FollowedChange>>[0], 'keysOf' | 'reconcile'>;

function start({ store, clock, logger, meter }: CrdControllersOptions, name: string, work: Work): Controller {
  const source: ChangeSource<FollowedChange> = changeSource({ store, buckets, checkpointName: name });
  return startController({ ...work, name, source, concurrency: CONCURRENCY, clock, logger, meter });
}

function ownKey({ object: { key } }: FollowedChange): readonly ReconcileKey[] {
  return [key];
}

/** The group is the name's rest after the plural; the core group is written `core`, and stays so in keys, which have no empty names. */
function groupKey({ object: { key } }: FollowedChange): readonly ReconcileKey[] {
  return [{ cluster: key.cluster, namespace: '', name: key.name.slice(key.name.indexOf('.') + 1) }];
}
