import { describe, expect, it } from '@jest/globals';
import type { JsonObject, KubeObject } from '@kcp/api-machinery';
import { again, done, type ReconcileKey } from '@kcp/controller';
import { FakeClock } from '@kcp/controller/testing';
import type { LogicalCluster } from '@kcp/logical-cluster';
import { endedCertificate, requests as samples } from '../testing/certificate-requests.ts';
import { World } from '../testing/world.ts';
import { certificateSigningRequests } from './certificate-signing-request.ts';
import { cleanerKeys, isOver, requestCleaner } from './cleaner.ts';
import { signingRequestBucket } from './signer.ts';

const HOUR = 3_600_000;
const born = Date.UTC(2026, 0, 2, 3, 4, 5);
const time = (at: number) => new Date(at).toISOString();

function request(types: readonly string[], status: JsonObject = {}): KubeObject {
  const conditions = types.map((type) => ({ type, status: 'True', lastUpdateTime: time(born + HOUR) }));
  const object = { metadata: { name: 'x', creationTimestamp: time(born) }, status: { conditions, ...status } };
  return object as unknown as KubeObject;
}

const issued = { certificate: Buffer.from('no certificate at all').toString('base64') };

describe('a signing request is over', () => {
  it.each<[string, KubeObject, number]>([
    ['a day after it came, where nobody decided', request([]), 24],
    ['an hour after it was denied', request(['Denied']), 2],
    ['an hour after it failed', request(['Approved', 'Failed']), 2],
    ['an hour after it was approved, with a certificate', request(['Approved'], issued), 2],
    ['a day after it was approved, without', request(['Approved']), 25],
  ])('%s', (_when, object, hours) => {
    expect([isOver(object, born + hours * HOUR), isOver(object, born + hours * HOUR + 1)]).toEqual([false, true]);
  });

  it('with its certificate', () => {
    expect(isOver(request(['Approved'], { certificate: endedCertificate }), born)).toBe(true);
    expect(isOver(request(['Approved'], issued), born)).toBe(false);
  });

  it('never by a time that is none', () => {
    const conditions = [{ type: 'Denied', status: 'True' }];
    expect(isOver(request([], { conditions }), born + 1000 * HOUR)).toBe(false);
  });
});

describe('the cleaner', () => {
  const gvr = { ...signingRequestBucket, version: 'v1' };
  const signal = new AbortController().signal;

  it('looks through all logical clusters, once an hour, as long as there are requests', async () => {
    const world = new World([certificateSigningRequests()]);
    const clock = new FakeClock(born);
    const spec = { request: samples.jane, signerName: 'example.com/x', usages: ['client auth'] };
    const create = (cluster: string, name: string, creationTimestamp: string) =>
      world.writer.create(
        { cluster: cluster as LogicalCluster, resource: gvr, namespace: '' },
        {
          metadata: { name, creationTimestamp },
          spec,
        },
      );
    await create('blue', 'old', time(born - 23 * HOUR));
    await create('green', 'older', time(born - 25 * HOUR));
    const [key] = cleanerKeys({ kind: 'put' } as Parameters<typeof cleanerKeys>[0]) as [ReconcileKey];
    const reconcile = requestCleaner({ store: world.reader, writer: world.writer, clock });
    world.writes.length = 0;
    expect(await reconcile(key, { signal })).toEqual(again(HOUR));
    expect(world.writes).toEqual(['remove certificatesigningrequests older']);
    clock.advance(HOUR - 1);
    expect(await reconcile(key, { signal })).toEqual(again(1));
    clock.advance(2);
    expect(await reconcile(key, { signal })).toEqual(done);
    expect(world.writes).toEqual(['remove certificatesigningrequests older', 'remove certificatesigningrequests old']);
  });

  it('is not woken by what goes', () => {
    expect(cleanerKeys({ kind: 'delete' } as Parameters<typeof cleanerKeys>[0])).toEqual([]);
  });
});
