import type { KubeObject } from '@kcp/api-machinery';
import { FakeClock, turn } from '@kcp/controller/testing';
import { inProcessWriter, type Catalog, type ServedResource } from '@kcp/apiserver';
import type { LogicalCluster } from '@kcp/logical-cluster';
import { type Bucket, type ObjectWriter, openObjectStore, type StoredObject } from '@kcp/object-store';
import { silentLogger, silentMeter } from '@kcp/telemetry';
import { openMemoryStore } from '@kcp/storage';
import type { NamesInUse } from '../controllers/names-in-use.ts';
import { startCrdControllers } from '../controllers/start-crd-controllers.ts';
import { type CustomResourceDefinition, definitionBucket } from '../definition/custom-resource-definition.ts';
import { readDefinition } from '../definition/decode-definition.ts';
import { DEFINITION_FINGERPRINT, definitionResource } from '../definition/definition-resource.ts';
import { crdCatalog } from '../serving/crd-catalog.ts';
import { DefinitionIndex } from '../serving/definition-index.ts';
import { ServedDefinitions } from '../serving/served-definitions.ts';
import { type Body, checks, context, created, strategy } from './example-definition.ts';

type ServedCatalog = ReturnType<Catalog['of']>;

/** A logical cluster by its name. */
export function cluster(name: string): LogicalCluster {
  return name as LogicalCluster;
}

/** The kind of definitions beside what definitions make. */
function withDefinitions(catalog: Catalog): Catalog {
  const definitions = definitionResource(checks);
  return {
    ...catalog,
    of: (where) => {
      const { tag, groups } = catalog.of(where);
      const find: ServedCatalog['find'] = (group, version, resource) =>
        group === definitions.gvr.group ? definitions : catalog.of(where).find(group, version, resource);
      return { tag, groups, find };
    },
  };
}

/** A store in memory, the controllers and the catalog over it. */
export class TestServer implements AsyncDisposable {
  readonly clock = new FakeClock();
  readonly store: ObjectWriter & Disposable;
  readonly index: DefinitionIndex;
  readonly catalog: Catalog;
  readonly #controllers: ReturnType<typeof startCrdControllers>;

  private constructor(store: ObjectWriter & Disposable, builtin: NamesInUse | undefined) {
    this.store = store;
    this.index = new DefinitionIndex(store, 2 ** 20);
    this.catalog = crdCatalog({ store, index: this.index, served: new ServedDefinitions() });
    const writer = inProcessWriter(
      {
        store,
        admission: [],
        random: () => 0.5,
        newUid: () => 'uid',
        catalog: withDefinitions(this.catalog),
        clock: () => this.clock.now(),
      },
      context.user,
    );
    this.#controllers = startCrdControllers({
      store,
      writer,
      checks,
      index: this.index,
      clock: this.clock,
      logger: silentLogger,
      meter: silentMeter,
      builtinNames: () => builtin,
    });
  }

  static async start(builtin?: NamesInUse): Promise<TestServer> {
    const backend = await openMemoryStore();
    const clock = new FakeClock();
    const options = { backend, clock, logger: silentLogger, meter: silentMeter, freezesObjects: true };
    return new TestServer(openObjectStore(options), builtin);
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.#controllers[Symbol.asyncDispose]();
    this.store[Symbol.dispose]();
  }

  /** Fulfils when the controllers have dealt with everything, with what they wrote themselves too. */
  async settled(): Promise<void> {
    for (let head = -1; head !== this.store.head();) {
      head = this.store.head();
      await turn(20);
      await this.#controllers.settled();
    }
  }

  async define(where: LogicalCluster, body: Body): Promise<void> {
    const definition = created(body);
    await this.write(where, definitionBucket, definition, DEFINITION_FINGERPRINT);
  }

  /** Creates an object, or replaces it. */
  async write(where: LogicalCluster, bucket: Bucket, object: KubeObject, fingerprint: string): Promise<void> {
    const key = { cluster: where, namespace: object.metadata.namespace ?? '', name: object.metadata.name ?? '' };
    const current = this.store.get(bucket, key);
    const write = { bucket, key, object, fingerprint };
    const outcome = await this.store.commit([
      current === undefined ? { kind: 'create', ...write } : { kind: 'update', ...write, expected: current.revision },
    ]);
    if (outcome.kind === 'refused') throw new Error('refused');
  }

  stored(where: LogicalCluster, name: string): StoredObject | undefined {
    return this.store.get(definitionBucket, { cluster: where, namespace: '', name });
  }

  definition(where: LogicalCluster, name: string): CustomResourceDefinition | undefined {
    const stored = this.stored(where, name);
    return stored && readDefinition(stored);
  }

  /** What a client's delete does. */
  async remove(where: LogicalCluster, name: string): Promise<void> {
    const definition = this.definition(where, name);
    const marked = definition && strategy.beginDelete?.(definition, context);
    if (marked === undefined) throw new Error('nothing to delete');
    await this.write(where, definitionBucket, marked, DEFINITION_FINGERPRINT);
  }

  find(where: LogicalCluster, resource = 'widgets', group = 'example.com', version = 'v1'): ServedResource | undefined {
    return this.catalog.of(where).find(group, version, resource);
  }
}
