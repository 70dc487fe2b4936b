import { turn } from '@kcp/controller/testing';
import { describe, expect, it } from '@jest/globals';
import type { LogicalCluster } from '@kcp/logical-cluster';
import * as fc from 'fast-check';
import type { ObjectWrite, Selection, WatchOptions } from './object-store.ts';
import { configMap, configMaps, everywhere, keyOf, openTestStore, Recorder, widgets } from './testing/fixture.ts';

const clusters = ['root', 'r'] as LogicalCluster[];

const selections: Selection[] = [configMaps, widgets].flatMap((bucket) =>
  [...clusters, everywhere].flatMap((cluster) => ['', 'x'].map((namespace) => ({ bucket, cluster, namespace }))),
);

const object = fc.record({
  bucket: fc.constantFrom(configMaps, widgets),
  cluster: fc.constantFrom(...clusters),
  namespace: fc.constantFrom('', 'x', 'y'),
  name: fc.constantFrom('a', 'b', 'c'),
});
const step = fc.record({
  objects: fc.uniqueArray(object, { minLength: 1, maxLength: 4, selector: (one) => JSON.stringify(one) }),
  isDelete: fc.boolean(),
  turns: fc.nat(2),
});

interface ModelChange {
  readonly text: string;
  readonly revision: number;
  readonly object: { readonly bucket: object; readonly cluster: string; readonly namespace: string };
}

function isFor({ bucket, cluster, namespace = '' }: Selection, { object }: ModelChange): boolean {
  const isHere = typeof cluster !== 'string' || cluster === object.cluster;
  return bucket === object.bucket && isHere && (namespace === '' || namespace === object.namespace);
}

interface Open {
  readonly options: WatchOptions;
  readonly recorder: Recorder;
}

describe('watches while others write', () => {
  it('tell all that happened after their revision, each once and in order, whenever they are opened', async () => {
    const run = fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30 }), fc.nat(), async (steps, seed) => {
      const { store: opened } = await openTestStore();
      using store = opened;
      const model: ModelChange[] = [];
      const open: Open[] = [];
      const pending: Promise<unknown>[] = [];
      const watch = (options: WatchOptions, slowness = 0): void => {
        const recorder = new Recorder();
        let waitedAt = 0;
        const drained = (): Promise<void> | undefined => {
          if (recorder.changes.length < waitedAt + slowness) return undefined;
          waitedAt = recorder.changes.length;
          return turn(1);
        };
        store.watch(options, slowness > 0 ? Object.assign(recorder, { drained }) : recorder);
        open.push({ options, recorder });
      };
      for (const [index, { objects, isDelete, turns }] of steps.entries()) {
        const writes: ObjectWrite[] = objects.map(({ bucket, ...key }) => {
          const current = store.get(bucket, key)?.revision ?? 0;
          if (isDelete && current > 0) return { kind: 'delete', bucket, key, expected: current };
          const write = { bucket, key, object: configMap(key, { index: String(index) }), fingerprint: 'v1' };
          return current > 0 ? { kind: 'update', ...write, expected: current } : { kind: 'create', ...write };
        });
        const commit = store.commit(writes).then((outcome) => {
          if (outcome.kind === 'refused') return;
          for (const [at, { revision }] of outcome.objects.entries()) {
            const write = writes[at]!;
            const { cluster, namespace, name } = write.key;
            const kind = write.kind === 'delete' ? 'delete' : 'put';
            model.push({
              text: `${kind} ${name}@${revision}`,
              revision,
              object: { bucket: write.bucket, cluster, namespace },
            });
          }
        });
        pending.push(commit);
        const selection = selections[(seed + index) % selections.length]!;
        watch({ ...selection, after: (seed * (index + 1)) % (store.head() + 1) }, index % 3);
        await turn(turns);
      }
      await Promise.all(pending);
      const head = store.head();
      for (let after = 0; after <= head; after++) {
        const selection = selections[(seed + after) % selections.length]!;
        watch({ ...selection, after });
        watch({ ...selection, after }, 2);
      }
      const last = keyOf('root', 'x', 'last');
      await store.commit([
        { kind: 'create', bucket: configMaps, key: last, object: configMap(last), fingerprint: 'v1' },
      ]);
      model.push({ text: `put last@${head + 1}`, revision: head + 1, object: { bucket: configMaps, ...last } });
      await turn(80);
      for (const { options, recorder } of open) {
        const wanted = model
          .filter((change) => change.revision > options.after && isFor(options, change))
          .map(({ text }) => text);
        expect(recorder.told).toEqual(wanted);
        expect(recorder.errors).toEqual([]);
      }
    });
    await fc.assert(run, { seed: 17, numRuns: 40 });
  });

  it('go on from what a page of a list says without a gap', async () => {
    const { store } = await openTestStore();
    const key = keyOf('root', 'x', 'a');
    let revision = 0;
    const states: { at: number; recorder: Recorder; listed: number }[] = [];
    for (let round = 0; round < 200; round++) {
      const write = { bucket: configMaps, key, object: configMap(key), fingerprint: 'v1' };
      const commit = store.commit([
        revision === 0 ? { kind: 'create', ...write } : { kind: 'update', ...write, expected: revision },
      ]);
      const page = store.page({ bucket: configMaps, cluster: key.cluster });
      const recorder = new Recorder();
      store.watch({ bucket: configMaps, cluster: key.cluster, after: page.revision }, recorder);
      states.push({ at: page.revision, recorder, listed: page.objects[0]?.revision ?? 0 });
      const outcome = await commit;
      if (outcome.kind === 'committed') revision = outcome.objects[0]?.revision ?? 0;
    }
    await turn(20);
    for (const { at, recorder, listed } of states) {
      expect(listed).toBe(at);
      expect(recorder.changes.map(({ object }) => object.revision)).toEqual(
        Array.from({ length: 200 - at }, (_, index) => at + 1 + index),
      );
    }
  });
});
