import { execFile } from 'node:child_process';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** A program that can be started, or why there is none. */
export type FoundEtcd =
  | { readonly kind: 'found'; readonly program: string }
  | { readonly kind: 'missing'; readonly reason: string };

/** Of etcd, as built from its Go module. */
const GO_VERSION = 'v3.6.8';
const BUILD_MS = 600_000;
const APT_MS = 120_000;

const cacheFolder = (): string => join(process.env['XDG_CACHE_HOME'] ?? join(homedir(), '.cache'), 'kcp-test');

/**
 * Finds an etcd for tests, or gets one: what KCP_TEST_ETCD names, `etcd` on the path, the program out of Debian's package etcd-server, or one built with Go; the last two stay in the
 * user's cache folder. Nothing is installed.
 */
export const findEtcd = async (): Promise<FoundEtcd> => {
  const named = process.env['KCP_TEST_ETCD'];
  if (named !== undefined && named !== '') return check(named, 'KCP_TEST_ETCD names');
  const reasons: string[] = [];
  for (const find of [onPath, fromPackage, builtByGo]) {
    try {
      return { kind: 'found', program: await find() };
    } catch (error) {
      reasons.push(error instanceof Error ? (error.message.split('\n', 1)[0] ?? '') : String(error));
    }
  }
  return { kind: 'missing', reason: `there is no etcd to test with: ${reasons.join('; ')}` };
};

/** The newer line of etcd, whatever else is installed: what KCP_TEST_ETCD_NEW names, or built with Go. */
export const findNewEtcd = async (): Promise<FoundEtcd> => {
  const named = process.env['KCP_TEST_ETCD_NEW'];
  if (named !== undefined && named !== '') return check(named, 'KCP_TEST_ETCD_NEW names');
  try {
    return { kind: 'found', program: await builtByGo() };
  } catch (error) {
    return { kind: 'missing', reason: String(error) };
  }
};

const check = (program: string, why: string): FoundEtcd =>
  existsSync(program)
    ? { kind: 'found', program }
    : { kind: 'missing', reason: `${why} ${program}, which is not there` };

const onPath = async (): Promise<string> => {
  await run('etcd', ['--version']);
  return 'etcd';
};

/** Makes a file of the cache by way of a folder of its own, so that processes that do it together do not meet. */
const cached = async (name: string, make: (folder: string) => Promise<string>): Promise<string> => {
  const cache = cacheFolder();
  const program = join(cache, name);
  if (existsSync(program)) return program;
  await mkdir(cache, { recursive: true });
  const folder = await mkdtemp(join(cache, '.making-'));
  try {
    await rename(await make(folder), program);
    return program;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
};

const fromPackage = (): Promise<string> =>
  cached('etcd-debian', async (cwd) => {
    const download = () => run('apt-get', ['download', 'etcd-server'], { cwd, timeout: APT_MS });
    try {
      await download();
    } catch {
      await run('apt-get', ['update'], { timeout: APT_MS });
      await download();
    }
    const file = (await readdir(cwd)).find((name) => name.endsWith('.deb'));
    if (file === undefined) throw new Error('apt-get downloaded nothing');
    await run('dpkg-deb', ['--extract', file, 'out'], { cwd });
    return join(cwd, 'out/usr/bin/etcd');
  });

const MAIN = `package main

import (
	"os"

	"go.etcd.io/etcd/server/v3/etcdmain"
)

func main() { etcdmain.Main(os.Args) }
`;

const builtByGo = (): Promise<string> =>
  cached(`etcd-${GO_VERSION}`, async (cwd) => {
    await writeFile(join(cwd, 'go.mod'), 'module build\n\ngo 1.24\n');
    await writeFile(join(cwd, 'main.go'), MAIN);
    const go = (...parameters: string[]) => run('go', parameters, { cwd, timeout: BUILD_MS });
    await go('get', `go.etcd.io/etcd/server/v3@${GO_VERSION}`);
    await go('mod', 'tidy');
    await go('build', '-o', 'etcd', '.');
    return join(cwd, 'etcd');
  });
