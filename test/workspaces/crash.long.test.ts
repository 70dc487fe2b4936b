import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from '@jest/globals';
import { isArray, isObject, objectAt, textAt, type JsonObject } from '@kcp/api-machinery';
import { formatTokenFile, openWire, startServerProcess, type ServerProcess, type Wire } from '@kcp/testing';
import { kcpProgram } from '../kcp-program.ts';

let folder: string;
let started: readonly string[];
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kcp-crash-'));
  const tokens = join(folder, 'tokens.csv');
  await writeFile(tokens, formatTokenFile());
  const where = ['--root-directory', join(folder, 'root'), '--bind-address', '127.0.0.1', '--secure-port', '0'];
  started = ['start', ...where, '--token-auth-file', tokens];
});
afterAll(() => rm(folder, { recursive: true, force: true }));

const PATH = '/apis/tenancy.kcp.io/v1alpha1/workspaces';
const ROUNDS = 4;
const CLIENTS = 8;
/** So many are made before the server is killed in the midst of more. */
const BEFORE_KILL = 40;
const PATIENCE_MS = 60_000;

const open = (): Promise<ServerProcess> => startServerProcess({ program: kcpProgram, arguments: started });

/** What the clients know of each workspace: the last thing that was acknowledged, and whether something was under way. */
interface Known {
  acknowledged: 'deleted' | 'made' | 'nothing';
  isUnderway: boolean;
}

/** Makes and deletes workspaces until requests fail: the server is killed after so many. */
async function churn(server: ServerProcess, known: Map<string, Known>, round: number): Promise<void> {
  using wire = openWire({ url: server.url, token: 'admin-token', authority: server.certificateAuthority });
  let made = 0;
  const client = async (number: number): Promise<void> => {
    for (let count = 0; ; count += 1) {
      const name = `w${round}-${number}-${count}`;
      const entry: Known = { acknowledged: 'nothing', isUnderway: true };
      known.set(name, entry);
      if (!(await succeeds(make(wire, name)))) return;
      Object.assign(entry, { acknowledged: 'made', isUnderway: false });
      made += 1;
      if (made === BEFORE_KILL) void server.kill();
      if (count % 2 === 0) continue;
      entry.isUnderway = true;
      if (!(await succeeds(wire.request(`/clusters/root${PATH}/${name}`, { method: 'DELETE' }), 200))) return;
      Object.assign(entry, { acknowledged: 'deleted', isUnderway: false });
    }
  };
  await Promise.all(Array.from({ length: CLIENTS }, (_, number) => client(number)));
  await server.kill();
}

function make(wire: Wire, name: string): ReturnType<Wire['request']> {
  const head = { apiVersion: 'tenancy.kcp.io/v1alpha1', kind: 'Workspace' };
  const spec = { type: { name: 'organization', path: 'root' } };
  return wire.request(`/clusters/root${PATH}`, { method: 'POST', body: { ...head, metadata: { name }, spec } });
}

/** False where the server is gone. Another answer than expected is a failure of the test. */
async function succeeds(asked: ReturnType<Wire['request']>, expected = 201): Promise<boolean> {
  const answer = await asked.catch(() => undefined);
  if (answer !== undefined && answer.text !== '') expect([answer.status, answer.text]).toEqual([expected, answer.text]);
  return answer !== undefined && answer.text !== '';
}

async function items(wire: Wire, path: string): Promise<readonly JsonObject[]> {
  const { object } = await wire.request(path);
  const list = object['items'];
  return list !== undefined && isArray(list) ? list.filter(isObject) : [];
}

/** What there is once nothing is under way any more: Workspaces by name, and the logical clusters that have an owner in root. */
async function settled(wire: Wire) {
  const deadline = Date.now() + PATIENCE_MS;
  for (;;) {
    const workspaces = await items(wire, `/clusters/root${PATH}`);
    const clusters = await items(wire, '/clusters/*/apis/core.kcp.io/v1alpha1/logicalclusters');
    const owned = clusters.filter((item) => textAt(objectAt(objectAt(item, 'spec'), 'owner'), 'name') !== '');
    // what was marked right before a crash says Ready until the controllers get to it
    const isEnding = (item: JsonObject): boolean => objectAt(item, 'metadata')['deletionTimestamp'] !== undefined;
    const isReady = (item: JsonObject): boolean =>
      !isEnding(item) && textAt(objectAt(item, 'status'), 'phase') === 'Ready';
    const isDone = workspaces.every(isReady) && owned.every(isReady) && workspaces.length === owned.length;
    if (isDone || Date.now() > deadline) return { workspaces, owned };
  }
}

/** The logical cluster that an object of a list is in. */
function clusterNameIn(item: JsonObject): string {
  return textAt(objectAt(objectAt(item, 'metadata'), 'annotations'), 'kcp.io/cluster');
}

describe('a server that is killed in the midst of making and deleting workspaces', () => {
  it('has all that it acknowledged, and no half of a workspace', async () => {
    const known = new Map<string, Known>();
    for (let round = 0; round < ROUNDS; round += 1) await churn(await open(), known, round);
    await using server = await open();
    using wire = openWire({ url: server.url, token: 'admin-token', authority: server.certificateAuthority });
    const { workspaces, owned } = await settled(wire);
    const names = workspaces.map((item) => textAt(objectAt(item, 'metadata'), 'name'));
    const there = new Set(names);
    const certain = [...known].filter(([, { isUnderway }]) => !isUnderway);
    const lost = certain.filter(([name, { acknowledged }]) => acknowledged === 'made' && !there.has(name));
    const back = certain.filter(([name, { acknowledged }]) => acknowledged === 'deleted' && there.has(name));
    expect({ lost, back }).toEqual({ lost: [], back: [] });
    const housed = workspaces.map((item) => textAt(objectAt(item, 'spec'), 'cluster')).sort();
    const clusters = owned.map(clusterNameIn).sort();
    expect(clusters).toEqual(housed);
    for (const kind of ['namespaces', 'configmaps', 'serviceaccounts']) {
      const where = (await items(wire, `/clusters/*/api/v1/${kind}`)).map(clusterNameIn);
      const strangers = new Set(where.filter((cluster) => cluster !== 'root' && !housed.includes(cluster)));
      expect([kind, [...strangers]]).toEqual([kind, []]);
    }
    expect(known.size).toBeGreaterThan(ROUNDS * BEFORE_KILL);
  }, 300_000);
});
