import { mkdtemp, readdir, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { isArray, isObject, own, type Json, type JsonObject } from '@kcp/api-machinery';
import {
  formatTokenFile,
  openWire,
  startServerProcess,
  type ServerExit,
  type ServerProcess,
  type Wire,
  type WireAnswer,
  type WireRequest,
  type WireWatch,
} from '@kcp/testing';
import { kcpProgram } from '../kcp-program.ts';

/** The server as a process of its own, over a folder that outlives it: a crash is a crash. */
export class DrilledServer implements AsyncDisposable {
  readonly #folder: string;
  #process: ServerProcess;
  #wire: Wire;

  private constructor(folder: string, process: ServerProcess) {
    this.#folder = folder;
    this.#process = process;
    this.#wire = wireTo(process);
  }

  /** Starts one with an empty folder. */
  static async start(): Promise<DrilledServer> {
    const folder = await mkdtemp(join(tmpdir(), 'kcp-drill-'));
    await writeFile(join(folder, 'tokens.csv'), formatTokenFile());
    return new DrilledServer(folder, await startIn(folder));
  }

  /** The answer; undefined where the server died before it came. */
  async attempt(path: string, options?: WireRequest): Promise<WireAnswer | undefined> {
    try {
      return await this.#wire.request(path, options);
    } catch {
      return undefined;
    }
  }

  /** The object that is answered; throws where the request is refused. */
  async request(path: string, options?: WireRequest): Promise<JsonObject> {
    const { status, object, text } = await this.#wire.request(path, options);
    if (status >= 300) throw new Error(`${options?.method ?? 'GET'} ${path}: ${status} ${text}`);
    return object;
  }

  create(path: string, body: JsonObject): Promise<JsonObject> {
    return this.request(path, { method: 'POST', body });
  }

  patch(path: string, body: JsonObject): Promise<JsonObject> {
    return this.request(path, { method: 'PATCH', body, contentType: 'application/merge-patch+json' });
  }

  /** All items of a list. */
  async items(path: string): Promise<readonly JsonObject[]> {
    const { items } = await this.request(path);
    return isArray(items) ? items.filter(isObject) : [];
  }

  watch(path: string): Promise<WireWatch> {
    return this.#wire.watch(path);
  }

  /** Watches until a list is as it should be: looks at it anew whenever something happens in it. */
  async becomes(path: string, isSo: (items: readonly JsonObject[]) => boolean): Promise<readonly JsonObject[]> {
    const deadline = performance.now() + 60_000;
    for (;;) {
      const list = await this.request(path);
      const items = isArray(list['items']) ? list['items'].filter(isObject) : [];
      if (isSo(items)) return items;
      if (performance.now() > deadline) throw new Error(`${path} did not get there: ${items.length} items`);
      const sign = path.includes('?') ? '&' : '?';
      using watch = await this.watch(
        `${path}${sign}watch=true&resourceVersion=${textAt(list, 'metadata', 'resourceVersion')}`,
      );
      await watch.take(1);
    }
  }

  /** Ends the process with signal 9. */
  async crash(): Promise<void> {
    await this.#process.kill();
    this.#wire[Symbol.dispose]();
  }

  /** Starts it again, in the same folder. */
  async restart(): Promise<void> {
    this.#process = await startIn(this.#folder);
    this.#wire = wireTo(this.#process);
  }

  /** How many files and sockets it has open. */
  async openFiles(): Promise<number> {
    return (await readdir(`/proc/${this.#process.pid}/fd`)).length;
  }

  /** Asks it to stop; how it ended, and what it wrote to standard error. */
  async stop(): Promise<ServerExit & { readonly log: string }> {
    const exit = await this.#process.stop();
    return { ...exit, log: this.#process.log() };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#wire[Symbol.dispose]();
    await this.#process.stop();
    await rm(this.#folder, { recursive: true, force: true });
  }
}

function startIn(folder: string): Promise<ServerProcess> {
  const files = ['--root-directory', join(folder, 'root'), '--token-auth-file', join(folder, 'tokens.csv')];
  const listening = ['--bind-address', '127.0.0.1', '--secure-port', '0', '--shutdown-grace', '2s'];
  return startServerProcess({ program: kcpProgram, arguments: ['start', ...files, ...listening] });
}

function wireTo({ url, certificateAuthority }: ServerProcess): Wire {
  return openWire({ url, token: 'admin-token', authority: certificateAuthority });
}

/** The object at a path of fields; an empty one where there is none. */
export function fields(object: Json | undefined, ...path: readonly string[]): JsonObject {
  const found = path.reduce<Json | undefined>(
    (value, name) => (isObject(value) ? own(value, name) : undefined),
    object,
  );
  return isObject(found) ? found : {};
}

/** The text or number at a path of fields, as a text; the empty one where there is none. */
export function textAt(object: Json | undefined, ...path: readonly string[]): string {
  const found = fields(object, ...path.slice(0, -1))[path.at(-1) ?? ''];
  return typeof found === 'string' || typeof found === 'number' ? String(found) : '';
}

/** metadata.name. */
export function nameOf(object: JsonObject): string {
  return textAt(object, 'metadata', 'name');
}

/** Counts what is acknowledged, and can be waited for. */
export class Acknowledged {
  readonly #whenReached: { readonly count: number; readonly resolve: () => void }[] = [];
  #count = 0;

  add(): void {
    this.#count += 1;
    for (const { count, resolve } of this.#whenReached) if (this.#count >= count) resolve();
  }

  reaches(count: number): Promise<void> {
    return new Promise((resolve) => void this.#whenReached.push({ count, resolve }));
  }
}
