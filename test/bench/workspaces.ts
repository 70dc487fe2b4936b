import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { objectAt, textAt } from '@kcp/api-machinery';
import {
  formatTokenFile,
  openWire,
  startServerProcess,
  type ServerProcess,
  type Wire,
  type WireWatch,
} from '@kcp/testing';
import { kcpProgram } from '../kcp-program.ts';
import { timeMany } from './latency.ts';
import { figuresOf } from './process-figures.ts';

/** One way of making or removing workspaces. */
export interface WorkspaceRun {
  readonly name: string;
  readonly workspaces: number;
  readonly perSecond: number;
  readonly cpuMsEach: number;
  /** Of the requests. */
  readonly p50Ms: number;
  readonly p99Ms: number;
  /** The longest that the server's event loop was late, as its metrics say. */
  readonly latestMs: number;
  readonly anonMiB: number;
}

const PATH = '/apis/tenancy.kcp.io/v1alpha1/workspaces';
const HEAD = { apiVersion: 'tenancy.kcp.io/v1alpha1', kind: 'Workspace' };
/** Workspaces of a tree that have children. */
const BRANCHES = 100;
const CLIENTS = 64;
/** How long any of it may take. */
const PATIENCE_MS = 600_000;

/** Makes workspaces with 8 and with 64 clients, and removes them: one by one, and a tree of as many by its top. */
export async function measureWorkspaces(count: number): Promise<readonly WorkspaceRun[]> {
  const folder = await mkdtemp(join(tmpdir(), 'kcp-workspaces-'));
  try {
    const tokens = join(folder, 'tokens.csv');
    await writeFile(tokens, formatTokenFile());
    const where = ['--root-directory', join(folder, 'root'), '--bind-address', '127.0.0.1', '--secure-port', '0'];
    const started = ['start', ...where, '--token-auth-file', tokens];
    await using server = await startServerProcess({ program: kcpProgram, arguments: started });
    return await runAll(server, count);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function runAll(server: ServerProcess, count: number): Promise<readonly WorkspaceRun[]> {
  using bench = new Bench(server);
  await bench.follow();
  const runs: WorkspaceRun[] = [];
  await bench.make({ path: 'root', name: 'flat', type: 'organization' });
  const flat = range(count).map((index) => ({ path: 'root:flat', name: `w${index}`, type: 'universal' }));
  const half = Math.floor(count / 2);
  const ways = [
    { name: 'made by 8 clients, until ready', clients: 8, places: flat.slice(0, half) },
    { name: 'made by 64 clients, until ready', clients: CLIENTS, places: flat.slice(half) },
  ];
  for (const way of ways) runs.push(await bench.timed(way, (place) => bench.make(place)));
  runs.push(
    await bench.timed({ name: 'deleted one by one, until gone', clients: CLIENTS, places: flat }, (place) =>
      bench.remove(place),
    ),
  );
  await bench.make({ path: 'root', name: 'tree', type: 'organization' });
  const branches = range(BRANCHES).map((index) => ({ path: 'root:tree', name: `b${index}`, type: 'universal' }));
  const leaves = branches.flatMap(({ name }) =>
    range(Math.floor(count / BRANCHES) - 1).map((index) => {
      return { path: `root:tree:${name}`, name: `${name}-${index}`, type: 'universal' };
    }),
  );
  for (const branch of branches) await bench.make(branch);
  runs.push(
    await bench.timed({ name: 'made as a tree', clients: CLIENTS, places: leaves }, (place) => bench.make(place)),
  );
  const top = { path: 'root', name: 'tree', type: '' };
  const removed = await bench.timed({ name: 'deleted as a tree', clients: 1, places: [top] }, (place) =>
    bench.remove(place),
  );
  const all = BRANCHES + leaves.length;
  const each = { workspaces: all, perSecond: removed.perSecond * all, cpuMsEach: removed.cpuMsEach / all };
  return [...runs, { ...removed, ...each }];
}

interface Place {
  readonly path: string;
  readonly name: string;
  readonly type: string;
}

interface Way {
  readonly name: string;
  readonly clients: number;
  readonly places: readonly Place[];
}

/** Clients of a server, a connection each, and one that hears of all workspaces. Their names are different everywhere. */
class Bench implements Disposable {
  readonly #server: ServerProcess;
  readonly #wires: readonly Wire[];
  readonly #waiting = new Map<string, () => void>();
  #watch: WireWatch | undefined;
  #next = 0;

  constructor(server: ServerProcess) {
    this.#server = server;
    const { url, certificateAuthority: authority } = server;
    this.#wires = range(CLIENTS + 1).map(() => openWire({ url, token: 'admin-token', authority }));
  }

  async follow(): Promise<void> {
    const watch = await this.#wire.watch(`/clusters/*${PATH}?watch=true`);
    this.#watch = watch;
    if (watch.status !== 200) throw new Error(`watching was answered with ${watch.status}`);
    void this.#hear(watch);
  }

  async make({ path, name, type }: Place): Promise<void> {
    const ready = this.#when(`ready ${name}`);
    const body = { ...HEAD, metadata: { name }, spec: { type: { name: type, path: 'root' } } };
    const { status, text } = await this.#wire.request(`/clusters/${path}${PATH}`, { method: 'POST', body });
    if (status !== 201) throw new Error(`${path}:${name}: ${status} ${text}`);
    await ready;
  }

  async remove({ path, name }: Place): Promise<void> {
    const gone = this.#when(`gone ${name}`);
    const { status, text } = await this.#wire.request(`/clusters/${path}${PATH}/${name}`, { method: 'DELETE' });
    if (status !== 200) throw new Error(`${path}:${name}: ${status} ${text}`);
    await gone;
  }

  async timed({ name, clients, places }: Way, each: (place: Place) => Promise<void>): Promise<WorkspaceRun> {
    const { pid } = this.#server;
    await this.#latest();
    const before = await figuresOf(pid);
    const began = performance.now();
    const took = await timeMany(places.length, clients, async (index) => {
      const place = places[index];
      if (place) await each(place);
    });
    const after = await figuresOf(pid);
    const perSecond = (1000 * places.length) / (performance.now() - began);
    const { p50Ms, p99Ms } = took;
    const cpuMsEach = (after.cpuMs - before.cpuMs) / places.length;
    const anonMiB = Math.round(after.anonMiB);
    const run = {
      name,
      workspaces: places.length,
      perSecond,
      cpuMsEach,
      p50Ms,
      p99Ms,
      latestMs: await this.#latest(),
      anonMiB,
    };
    console.log(JSON.stringify(run));
    return run;
  }

  [Symbol.dispose](): void {
    this.#watch?.[Symbol.dispose]();
    for (const wire of this.#wires) wire[Symbol.dispose]();
  }

  get #wire(): Wire {
    this.#next = (this.#next + 1) % this.#wires.length;
    const wire = this.#wires[this.#next];
    if (wire === undefined) throw new Error('no connections');
    return wire;
  }

  #when(what: string): Promise<void> {
    return new Promise((resolve) => this.#waiting.set(what, resolve));
  }

  async #hear(watch: WireWatch): Promise<void> {
    for (;;) {
      const [event] = await watch.take(1, PATIENCE_MS);
      if (event === undefined) return;
      const object = objectAt(event, 'object');
      const name = textAt(objectAt(object, 'metadata'), 'name');
      const isReady = textAt(objectAt(object, 'status'), 'phase') === 'Ready';
      const what = event['type'] === 'DELETED' ? `gone ${name}` : isReady ? `ready ${name}` : '';
      this.#waiting.get(what)?.();
      this.#waiting.delete(what);
    }
  }

  /** How late the event loop was at most since this was asked last. */
  async #latest(): Promise<number> {
    const { text } = await this.#wire.request('/metrics');
    const seconds = /^nodejs_eventloop_lag_max_seconds(?:\{.*\})? (\S+)$/m.exec(text)?.[1];
    return Math.round(Number(seconds ?? NaN) * 1000);
  }
}

function range(count: number): readonly number[] {
  return Array.from({ length: count }, (_, index) => index);
}
