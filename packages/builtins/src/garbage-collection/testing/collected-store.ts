import type { KubeObject, ObjectMeta, OwnerReference } from '@kcp/api-machinery';
import type { Catalog, InProcessWriter, ServedResource } from '@kcp/apiserver';
import { inProcessWriter } from '@kcp/apiserver';
import type { Controller } from '@kcp/controller';
import { systemClock } from '@kcp/controller';
import type { LogicalCluster } from '@kcp/logical-cluster';
import { root } from '@kcp/logical-cluster';
import type { ObjectKey, ObjectWriter } from '@kcp/object-store';
import { silentLogger, silentMeter } from '@kcp/telemetry';
import { configMaps } from '../../core/config-map.ts';
import { namespaces } from '../../core/namespace.ts';
import { secrets } from '../../core/secret.ts';
import { coreEvents } from '../../events/core-event.ts';
import { startGarbageCollector } from '../start-garbage-collector.ts';

const maps = configMaps();
const custom = (plural: string, kind: string, namespaced: boolean): ServedResource => ({
  ...maps,
  gvr: { group: 'example.com', version: 'v1', resource: plural },
  kind,
  namespaced,
  bucket: { group: 'example.com', resource: plural, identity: 'abc' },
});

/** Kinds to test with: built-in ones, and custom ones of both scopes whose plurals no rule gives. */
export const resources = {
  configmaps: maps,
  secrets: secrets(),
  namespaces: namespaces(),
  events: coreEvents(),
  widgets: custom('widgetry', 'Widget', true),
  globes: custom('globen', 'Globe', false),
} as const;

export type Plural = keyof typeof resources;

/** Which object, in the namespace `n` unless its kind has none. */
export interface Which {
  readonly plural?: Plural;
  readonly namespace?: string;
  readonly cluster?: LogicalCluster;
}

/** A store with the ordinary write path over it, and collectors that are started when a test wants them. */
export class CollectedStore {
  readonly store: ObjectWriter;
  /** What is served; a test may take a kind away. */
  readonly served = new Set<ServedResource>(Object.values(resources));
  readonly catalog: Catalog;
  readonly writer: InProcessWriter;
  #uids = 0;

  constructor(store: ObjectWriter) {
    this.store = store;
    const find = (group: string, version: string, plural: string): ServedResource | undefined =>
      [...this.served].find(({ gvr }) => gvr.group === group && gvr.version === version && gvr.resource === plural);
    this.catalog = {
      of: () => ({
        tag: '',
        find,
        groups: ['', 'example.com'].map((group) => ({
          group,
          origin: 'builtin',
          versions: [{ version: 'v1', resources: [...this.served].filter(({ gvr }) => gvr.group === group) }],
        })),
      }),
      across: find,
    };
    const user = { name: 'collector', uid: '', groups: [], extra: {} };
    const newUid = (): string => `uid-${++this.#uids}`;
    const deps = { store, admission: [], random: () => 0, newUid, catalog: this.catalog, clock: () => Date.now() };
    this.writer = inProcessWriter(deps, user);
  }

  start(writer: InProcessWriter = this.writer): Controller {
    const { store, catalog } = this;
    return startGarbageCollector({
      store,
      writer,
      catalog,
      clock: systemClock,
      logger: silentLogger,
      meter: silentMeter,
    });
  }

  async addNamespaces(...names: readonly string[]): Promise<void> {
    for (const name of names) await this.create(name, {}, { plural: 'namespaces' });
  }

  create(name: string, metadata: Partial<ObjectMeta> = {}, which: Which = {}): Promise<KubeObject> {
    const { cluster, namespace } = this.key(name, which);
    const address = { cluster, namespace, resource: resources[which.plural ?? 'configmaps'].gvr };
    return this.writer.create(address, { metadata: { name, ...metadata } });
  }

  async remove(
    name: string,
    policy: 'Background' | 'Foreground' | 'Orphan' = 'Background',
    which: Which = {},
  ): Promise<void> {
    await this.writer.remove(
      { ...this.key(name, which), resource: resources[which.plural ?? 'configmaps'].gvr },
      { policy },
    );
  }

  async setMeta(
    name: string,
    change: (metadata: Readonly<ObjectMeta>) => ObjectMeta,
    which: Which = {},
  ): Promise<void> {
    const address = { ...this.key(name, which), resource: resources[which.plural ?? 'configmaps'].gvr };
    await this.writer.update(address, (old) => ({ ...old, metadata: change(old.metadata) }));
  }

  key(name: string, { plural = 'configmaps', namespace = 'n', cluster = root }: Which): ObjectKey {
    return { cluster, namespace: resources[plural].namespaced ? namespace : '', name };
  }

  get(name: string, which: Which = {}): Readonly<ObjectMeta> | undefined {
    return this.store.get(resources[which.plural ?? 'configmaps'].bucket, this.key(name, which))?.decode().metadata;
  }

  /** The names of the config maps in the namespace `n` of root. */
  names(): readonly string[] {
    const page = this.store.page({ bucket: maps.bucket, cluster: root, namespace: 'n' });
    return page.objects.map(({ key }) => key.name);
  }
}

/** A reference to an object. */
export function ref({ apiVersion, kind, metadata }: KubeObject, more: Partial<OwnerReference> = {}): OwnerReference {
  return { apiVersion, kind, name: metadata.name ?? '', uid: metadata.uid ?? '', ...more };
}
