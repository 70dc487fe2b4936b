import { objectAt, textAt } from '@kcp/api-machinery';
import { openWire, type ServerProcess, type Wire, type WireWatch } from '@kcp/testing';
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
/** How many connections there are, and so how many clients at most. */
export const CLIENTS = 64;
/** How long any of it may take. */
const PATIENCE_MS = 600_000;

/** Where a workspace is, and of which type. */
export interface Place {
  readonly path: string;
  readonly name: string;
  readonly type: string;
}

/** Which workspaces are made or removed, by how many clients at a time. */
export interface Way {
  readonly name: string;
  readonly clients: number;
  readonly places: readonly Place[];
}

/** Clients of a server, a connection each, and one that hears of all workspaces. Their names are different everywhere. */
export class WorkspaceClients implements Disposable {
  readonly #server: ServerProcess;
  readonly #wires: readonly Wire[];
  readonly #waiting = new Map<string, () => void>();
  #watch: WireWatch | undefined;
  #next = 0;

  constructor(server: ServerProcess) {
    this.#server = server;
    const { url, certificateAuthority: authority } = server;
    this.#wires = Array.from({ length: CLIENTS + 1 }, () => openWire({ url, token: 'admin-token', authority }));
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

  /** What the server's metrics say, as text. */
  async metrics(): Promise<string> {
    const { status, text } = await this.#wire.request('/metrics');
    if (status !== 200) throw new Error(`metrics were answered with ${status}`);
    return text;
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
    const text = await this.metrics();
    const seconds = /^nodejs_eventloop_lag_max_seconds(?:\{.*\})? (\S+)$/m.exec(text)?.[1];
    return Math.round(Number(seconds ?? NaN) * 1000);
  }
}
