import { expect } from '@jest/globals';
import { Acknowledged, fields, nameOf, textAt, type DrilledServer } from './drilled-server.ts';

const NAMESPACES = '/clusters/owned/api/v1/namespaces';
const TOGETHER = 50;

/** How large the drill is. */
export interface CascadeDrill {
  readonly policy: 'Background' | 'Foreground';
  readonly dependants: number;
}

/**
 * An owner of many is deleted, and the server dies when the first of them are gone. After its start the rest goes too, and the owner;
 * what somebody else owns as well, or nobody, stays.
 */
export async function crashInCascade(server: DrilledServer, { policy, dependants }: CascadeDrill): Promise<void> {
  const namespace = `${NAMESPACES}/${policy.toLowerCase()}`;
  const maps = `${namespace}/configmaps`;
  const owned = `${maps}?labelSelector=owned`;
  await server.create(NAMESPACES, { metadata: { name: policy.toLowerCase() } });
  const [owner, other] = await Promise.all([
    ownerNamed(server, namespace, 'owner'),
    ownerNamed(server, namespace, 'other'),
  ]);
  for (let from = 0; from < dependants; from += TOGETHER) {
    const names = Array.from({ length: Math.min(TOGETHER, dependants - from) }, (_, at) => `owned-${from + at}`);
    await Promise.all(
      names.map((name) => {
        return server.create(maps, { metadata: { name, labels: { owned: 'yes' }, ownerReferences: [owner] } });
      }),
    );
  }
  await server.create(maps, { metadata: { name: 'shared', ownerReferences: [owner, other] } });
  await server.create(maps, { metadata: { name: 'free' } });
  const begun = new Acknowledged();
  const watching = await server.watch(`${owned}&watch=true&resourceVersion=${await revision(server, owned)}`);
  const told = watching.take(TOGETHER).then(() => begun.add());
  const crashed = begun.reaches(1).then(() => server.crash());
  await server.attempt(`${namespace}/secrets/owner?propagationPolicy=${policy}`, { method: 'DELETE' });
  await Promise.all([told, crashed]);
  watching[Symbol.dispose]();
  await server.restart();
  const left = await server.items(owned);
  process.stdout.write(`${policy}: ${left.length} of ${dependants} were left at the crash\n`);
  expect(left.length).toBeLessThan(dependants);
  await server.becomes(owned, (items) => items.length === 0);
  await server.becomes(`${namespace}/secrets`, (items) => !items.some((item) => nameOf(item) === 'owner'));
  await server.becomes(maps, (items) => {
    const shared = items.find((item) => nameOf(item) === 'shared');
    return JSON.stringify(fields(shared, 'metadata')['ownerReferences']) === JSON.stringify([other]);
  });
  expect((await server.items(maps)).map(nameOf)).toEqual(expect.arrayContaining(['free', 'shared']));
}

async function ownerNamed(server: DrilledServer, namespace: string, name: string) {
  const secret = await server.create(`${namespace}/secrets`, { metadata: { name } });
  return { apiVersion: 'v1', kind: 'Secret', name, uid: textAt(secret, 'metadata', 'uid'), blockOwnerDeletion: true };
}

async function revision(server: DrilledServer, path: string): Promise<string> {
  return textAt(await server.request(path), 'metadata', 'resourceVersion');
}
