import { execFile } from 'node:child_process';
import { mkdir, readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';

const execute = promisify(execFile);
const module = fileURLToPath(new URL('.', import.meta.url));
const programs = fileURLToPath(new URL('../../node_modules/.cache/kcp-clients/go', import.meta.url));

/** The Go that go.mod asks for. */
const NEEDED = [1, 26] as const;
const DOWNLOAD_MS = 120_000;
const TEST_MS = 120_000;

/** The tests of a package of Go, to be built and run one by one. */
export interface GoTests {
  readonly names: readonly string[];
  /** Compiles them; what was compiled before is in Go's own cache. Rejects with what the compiler says. */
  build(timeoutMs: number): Promise<void>;
  /** Runs one of them against a server. Rejects with what it wrote where it fails. */
  run(
    name: string,
    server: { readonly url: string; readonly token: string; readonly authorityFile: string },
  ): Promise<void>;
}

/**
 * The tests of a folder here; undefined, and one line that says so, where there is no Go that is new enough, or where what they
 * depend on neither lies here nor can be fetched.
 */
export async function findGoTests(folder: string): Promise<GoTests | undefined> {
  try {
    await checkVersion();
    await execute('go', ['mod', 'download'], { cwd: module, timeout: DOWNLOAD_MS, env: environment() });
  } catch (error) {
    const reason = error instanceof Error ? error.message.trim().split('\n').slice(0, 3).join(' ') : String(error);
    process.stderr.write(`not run: tests of Go's clients in ${folder}: ${reason}\n`);
    return undefined;
  }
  const program = join(programs, `${folder}.test`);
  return {
    names: await testsIn(folder),
    build: async (timeoutMs) => {
      await mkdir(programs, { recursive: true });
      await execute('go', ['test', '-c', '-o', program, `./${folder}`], {
        cwd: module,
        timeout: timeoutMs,
        env: environment(),
      });
    },
    run: async (name, { url, token, authorityFile }) => {
      const env = { ...process.env, KCP_URL: url, KCP_TOKEN: token, KCP_CA_FILE: authorityFile };
      const args = ['-test.v', '-test.run', `^${name}$`, '-test.timeout', '110s'];
      await execute(program, args, { env, timeout: TEST_MS, maxBuffer: 16 * 2 ** 20 }).catch(failed);
    },
  };
}

/** No other Go than the one that is here, and nothing that depends on the state of the repository. */
function environment(): NodeJS.ProcessEnv {
  return { ...process.env, GOTOOLCHAIN: 'local', GOFLAGS: '-buildvcs=false -mod=readonly' };
}

async function checkVersion(): Promise<void> {
  const { stdout } = await execute('go', ['env', 'GOVERSION'], { cwd: module, env: environment() });
  const [major = 0, minor = 0] = stdout.trim().replace('go', '').split('.').map(Number.parseFloat);
  if (major < NEEDED[0] || (major === NEEDED[0] && minor < NEEDED[1]))
    throw new Error(`Go ${NEEDED.join('.')} is needed, this is ${stdout.trim()}`);
}

async function testsIn(folder: string): Promise<readonly string[]> {
  const files = (await readdir(join(module, folder))).filter((name) => name.endsWith('_test.go'));
  const texts = await Promise.all(files.map((name) => readFile(join(module, folder, name), 'utf8')));
  return texts.flatMap((text) => [...text.matchAll(/^func (Test\w+)\(/gm)].map(([, name]) => name ?? ''));
}

/** What failed, without what went well. */
function failed(error: unknown): never {
  const { stdout = '', stderr = '' } = error as { readonly stdout?: string; readonly stderr?: string };
  const lines = `${stdout}${stderr}`.split('\n').filter((line) => !/^\s*(=== (RUN|CONT|PAUSE)|--- PASS)/.test(line));
  throw new Error(lines.slice(0, 80).join('\n') || String(error), { cause: error });
}
