import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from '@jest/globals';
import { isObject, type JsonObject } from '@kcp/api-machinery';
import { findEtcd, findNewEtcd, startEtcd, type FoundEtcd } from '@kcp/storage/testing/etcd';
import { openWire, startServerProcess, type ServerProcess, type Wire } from '@kcp/testing';
import { kcpProgram } from '../kcp-program.ts';
import { Connections, follow, type Place } from './follower.ts';

/** On each server. */
const WATCHERS = Number(process.env['KCP_TEST_WATCHERS'] ?? 1_000);
const WRITES = 600;
const PATH = '/clusters/blue/api/v1/namespaces/default/configmaps';

const launch = (etcd: string, rootDirectory: string): Promise<ServerProcess> =>
  startServerProcess({
    program: kcpProgram,
    arguments: [
      'start',
      `--root-directory=${rootDirectory}`,
      '--secure-port=0',
      '--bind-address=127.0.0.1',
      `--etcd-servers=${etcd}`,
    ],
    timeoutMs: 60_000,
  });

const placeOf = ({ url, kubeconfig, certificateAuthority }: ServerProcess): Place => ({
  url,
  authority: certificateAuthority,
  token: /- name: "?shard-admin"?[^]*?token:\s*"?([^"\s]+)"?/.exec(readFileSync(kubeconfig, 'utf8'))?.[1] ?? '',
});

const metadataOf = (object: JsonObject): JsonObject => (isObject(object['metadata']) ? object['metadata'] : {});

/** Writes until it is acknowledged, at whichever server answers; what may have happened already is looked at. */
const writeSurely = async (wires: readonly Wire[], at: number): Promise<string> => {
  const body = { metadata: { name: `n${at}` }, data: { at: String(at) } };
  for (let turn = at; ; turn += 1) {
    const wire = wires[turn % wires.length];
    try {
      const answer = await wire?.request(PATH, { method: 'POST', body });
      if (answer?.status === 201) return `ADDED n${at} ${resourceVersionOf(answer.object)}`;
      const found = answer?.status === 409 ? await wire?.request(`${PATH}/n${at}`) : undefined;
      if (found?.status === 200) return `ADDED n${at} ${resourceVersionOf(found.object)}`;
    } catch {
      // The server is gone: the next one.
    }
  }
};

const resourceVersionOf = (object: JsonObject): string => {
  const { resourceVersion } = metadataOf(object);
  return typeof resourceVersion === 'string' ? resourceVersion : '';
};

const revisionOf = (line: string): number => Number(line.split(' ')[2]);

const programs: readonly (readonly [string, FoundEtcd])[] = [
  ['the etcd at hand', await findEtcd()],
  ['the newer etcd', await findNewEtcd()],
];
const missing = programs.flatMap(([, found]) => (found.kind === 'missing' ? [found.reason] : []));
for (const reason of missing) process.stderr.write(`SKIPPED: two servers on etcd: ${reason}\n`);
const there = programs.flatMap(([name, found]) => (found.kind === 'found' ? [[name, found.program] as const] : []));

describe.each(there)('two servers on %s, many watchers, one of them killed', (_name, program) => {
  it('lose no event, double none, and have every watcher back within 5 seconds', async () => {
    await using etcd = await startEtcd({ program });
    const root = mkdtempSync(join(tmpdir(), 'kcp-two-'));
    using _ = { [Symbol.dispose]: () => rmSync(root, { recursive: true, force: true }) };
    await using first = await launch(etcd.url, join(root, 'a'));
    await using second = await launch(etcd.url, join(root, 'b'));
    const places = [placeOf(first), placeOf(second)];
    const wires = places.map(({ url, token, authority }) => openWire({ url, token, authority }));
    const [wire] = wires;
    if (wire === undefined) throw new Error('no server');
    const spec = { metadata: { name: 'default' } };
    await wire.request('/clusters/blue/api/v1/namespaces', { method: 'POST', body: spec });
    const list = await wire.request(PATH);
    const from = resourceVersionOf(list.object);
    using connections = new Connections();
    const followers = Array.from({ length: 2 * WATCHERS }, (_unused, at) =>
      follow(connections, at % 2 === 0 ? places : places.toReversed(), { path: PATH, from, end: 'end' }),
    );
    let next = 0;
    const written: string[] = [];
    const writer = async (): Promise<void> => {
      while (next < WRITES) {
        const at = next++;
        if (at === WRITES / 2) await first.kill();
        written.push(await writeSurely(wires, at));
      }
    };
    await Promise.all(Array.from({ length: 8 }, writer));
    await wires[1]?.request(PATH, { method: 'POST', body: { metadata: { name: 'end' } } });
    await Promise.all(followers.map(({ done }) => done));
    const expected = written.toSorted((left, right) => revisionOf(left) - revisionOf(right));
    for (const { log } of followers) expect(log.filter((line) => !line.includes('kube-root-ca'))).toEqual(expected);
    const gaps = followers.map(({ longestGap }) => longestGap);
    expect(Math.max(...gaps)).toBeLessThan(5_000);
    process.stderr.write(`watchers ${followers.length}, longest without a watch ${Math.round(Math.max(...gaps))} ms\n`);
    // The controllers work on, on the server that is left.
    const later = { metadata: { name: 'later' } };
    await wires[1]?.request('/clusters/blue/api/v1/namespaces', { method: 'POST', body: later });
    const accounts = await wires[1]?.watch(
      '/clusters/blue/api/v1/namespaces/later/serviceaccounts?watch=true&resourceVersion=0',
    );
    expect(await accounts?.take(1, 15_000)).toHaveLength(1);
    for (const each of [...wires, accounts]) each?.[Symbol.dispose]();
  });
});
