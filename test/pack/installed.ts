import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { pack, type Tarball } from '../../scripts/pack/pack.ts';

/** The root of the repository. */
export const repository = fileURLToPath(new URL('../..', import.meta.url));

/** How a program ended, and what it wrote. */
export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A folder outside the repository in which all tarballs are installed, as a user's npm installs them. */
export interface Installed extends AsyncDisposable {
  readonly folder: string;
  readonly tarballs: readonly Tarball[];
  /** Runs a program in the folder; it has two minutes. */
  run(program: string, ...args: string[]): Promise<Ended>;
}

/** Packs everything and installs it in an empty folder. Rejects with what npm says where it cannot. */
export async function installTarballs(): Promise<Installed> {
  const folder = await mkdtemp(join(tmpdir(), 'kcp-installed-'));
  try {
    const tarballs = await pack({ root: repository, out: join(folder, 'tarballs'), progress: () => {} });
    await writeFile(join(folder, 'package.json'), '{"private":true,"type":"module"}');
    // and Node's own types, as whoever compiles a program for Node has them
    const wanted = [...tarballs.map(({ path }) => path), '@types/node@24'];
    const npm = await run(folder, 'npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', ...wanted]);
    if (npm.code !== 0) throw new Error(`npm install failed: ${npm.stderr}`);
    return {
      folder,
      tarballs,
      run: (program, ...args) => run(folder, program, args),
      [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
    };
  } catch (error) {
    await rm(folder, { recursive: true, force: true });
    throw error;
  }
}

/** Whether npm reaches its registry, which has what our packages depend on; one line says so where it does not. */
export async function reachesRegistry(): Promise<boolean> {
  const { code, stderr } = await run(tmpdir(), 'npm', ['ping', '--fetch-retries=0', '--fetch-timeout=10000']);
  if (code !== 0) process.stderr.write(`not run: tests of installed packages: npm ping: ${stderr.trim()}\n`);
  return code === 0;
}

/** Runs a program to its end; it has two minutes. */
async function run(folder: string, program: string, args: readonly string[]): Promise<Ended> {
  const child = spawn(program, [...args], { cwd: folder, stdio: ['ignore', 'pipe', 'pipe'], timeout: 120_000 });
  const [out, err, [code]] = await Promise.all([child.stdout.toArray(), child.stderr.toArray(), once(child, 'close')]);
  return { code, stdout: Buffer.concat(out as Buffer[]).toString(), stderr: Buffer.concat(err as Buffer[]).toString() };
}
