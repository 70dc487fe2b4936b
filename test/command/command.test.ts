import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it } from '@jest/globals';
import { formatTokenFile, openWire, startServerProcess, type ServerProcess, type Wire } from '@kcp/testing';
import { kcpProgram } from '../kcp-program.ts';

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'kcp-command-'));
});
afterEach(async () => {
  await rm(folder, { recursive: true, force: true });
});

const local = ['--bind-address', '127.0.0.1', '--secure-port', '0'];

interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

async function kcp(...args: string[]): Promise<Ended> {
  const child = spawn(kcpProgram, args, { stdio: ['ignore', 'pipe', 'pipe'], timeout: 20_000 });
  const [out, err, [code]] = await Promise.all([child.stdout.toArray(), child.stderr.toArray(), once(child, 'close')]);
  return { code, stdout: Buffer.concat(out as Buffer[]).toString(), stderr: Buffer.concat(err as Buffer[]).toString() };
}

async function startKcp(...args: string[]): Promise<ServerProcess> {
  const tokens = join(folder, 'tokens.csv');
  await writeFile(tokens, formatTokenFile());
  const root = join(folder, 'root');
  return startServerProcess({
    program: kcpProgram,
    arguments: ['start', '--root-directory', root, '--token-auth-file', tokens, ...local, ...args],
  });
}

function wireOf({ url, certificateAuthority }: ServerProcess, token = 'admin-token'): Wire {
  return openWire({ url, token, authority: certificateAuthority });
}

describe('kcp', () => {
  it('says what it is and which commands there are', async () => {
    const { code, stdout } = await kcp();
    expect(code).toBe(0);
    expect(stdout).toContain('kcp start options');
    expect((await kcp('--help')).stdout).toBe(stdout);
  });

  it('lists its flags', async () => {
    const { code, stdout } = await kcp('start', 'options');
    expect(code).toBe(0);
    for (const flag of [
      'root-directory',
      'secure-port',
      'token-auth-file',
      'client-ca-file',
      'storage',
      'shutdown-grace',
    ])
      expect(stdout).toContain(`--${flag}`);
  });

  it.each([
    [['strat'], 'error: unknown command: strat; did you mean kcp start?\n'],
    [['start', '--secure-prt', '1'], 'error: unknown flag: --secure-prt; did you mean --secure-port?\n'],
    [['start', '--storage', 'floppy'], 'error: invalid value "floppy" for --storage'],
  ])('refuses %s by name', async (args, message) => {
    const { code, stdout, stderr } = await kcp(...args);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr).toContain(message);
  });
});

describe('kcp start', () => {
  it('becomes the server: the process that was started holds the port, and ends with 0 when asked to', async () => {
    await using server = await startKcp('--storage', 'memory');
    expect(await readFile(`/proc/${server.pid}/cmdline`, 'utf8')).toContain('main.ts');
    using wire = wireOf(server);
    expect((await wire.request('/readyz')).text).toBe('ok');
    expect(await server.stop()).toEqual({ code: 0, signal: null });
    expect(server.log()).not.toContain('    at ');
  });

  it('writes a kubeconfig that works, for its owner only', async () => {
    await using server = await startKcp('--storage', 'memory');
    const text = await readFile(server.kubeconfig, 'utf8');
    for (const context of ['root', 'base', 'system:admin', 'shard-base']) expect(text).toContain(`name: "${context}"`);
    expect((await stat(server.kubeconfig)).mode & 0o077).toBe(0);
    const tokens = [...text.matchAll(/token: "([^"]+)"/g)].map(([, token]) => token);
    for (const token of tokens) {
      using wire = wireOf(server, token);
      expect((await wire.request('/clusters/root/api/v1/namespaces')).status).toBe(200);
    }
  });

  it('keeps what was written over a restart, and over a crash', async () => {
    const path = '/clusters/root/api/v1/namespaces/default/configmaps';
    await using first = await startKcp();
    using wire = wireOf(first);
    expect(
      (await wire.request(path, { method: 'POST', body: { metadata: { name: 'kept' }, data: { a: '1' } } })).status,
    ).toBe(201);
    await first.stop();
    await using second = await startKcp();
    using other = wireOf(second);
    expect((await other.request(`${path}/kept`)).object).toMatchObject({ data: { a: '1' } });
    expect((await other.request(path, { method: 'POST', body: { metadata: { name: 'also' } } })).status).toBe(201);
    await second.kill();
    await using third = await startKcp();
    using last = wireOf(third);
    expect((await last.request(`${path}/also`)).status).toBe(200);
  });

  it('takes flags that mean nothing here, with a line for each', async () => {
    await using server = await startKcp('--storage', 'memory', '-v', '4', '--embedded-etcd-client-port', '2379');
    const warned = server
      .log()
      .split('\n')
      .filter((line) => line.startsWith('warning: '));
    expect(warned).toEqual(
      ['-v', '--embedded-etcd-client-port'].map((flag) => `warning: flag ${flag} has no meaning here and is ignored`),
    );
  });

  it('ends open watches when it stops', async () => {
    await using server = await startKcp('--storage', 'memory');
    using wire = wireOf(server);
    using watch = await wire.watch('/clusters/root/api/v1/configmaps?watch=true');
    expect(watch.status).toBe(200);
    expect(await server.stop()).toEqual({ code: 0, signal: null });
  });
});

describe('a start that fails', () => {
  async function failure(...args: string[]): Promise<string> {
    const { code, stdout, stderr } = await kcp('start', '--root-directory', join(folder, 'root'), ...local, ...args);
    expect({ code, stdout }).toEqual({ code: 1, stdout: '' });
    expect(stderr.trimEnd().split('\n')).toHaveLength(1);
    return stderr;
  }

  it('says that the root directory is a file', async () => {
    const file = join(folder, 'file');
    await writeFile(file, '');
    expect(await failure('--root-directory', file)).toContain(`the root directory ${file} is a file`);
  });

  it('says that the root directory is in use', async () => {
    await using server = await startKcp();
    expect(await failure()).toContain(`is in use by process ${server.pid}`);
  });

  it('says that the port is in use, and starts in the same folder once it is free', async () => {
    const blocker = createServer();
    const listening = once(blocker, 'listening');
    blocker.listen(0, '127.0.0.1');
    await listening;
    const address = blocker.address();
    const port = typeof address === 'object' ? address?.port : 0;
    expect(await failure('--secure-port', String(port))).toContain(`port ${port} of 127.0.0.1 is in use`);
    blocker.close();
    await using server = await startKcp();
    expect(server.url).toContain('https://');
  });

  it.each([
    ['--token-auth-file', 'token,user\n', 'tokens'],
    ['--client-ca-file', 'no certificate', 'certificate'],
    ['--service-account-key-file', 'no key', 'key'],
  ])('names the file that %s cannot read', async (flag, content) => {
    const file = join(folder, 'bad-file');
    expect(await failure(flag, file)).toContain(`cannot read ${file}: there is no such file`);
    await writeFile(file, content);
    expect(await failure(flag, file)).toContain(file);
  });

  it.each([
    [['--tls-cert-file', 'x'], 'error: --tls-cert-file needs --tls-private-key-file: they go together'],
    [
      ['--tls-sni-cert-key', 'x.crt'],
      'error: invalid --tls-sni-cert-key "x.crt": expected comma separated certificate and key file paths',
    ],
    [['--tls-cipher-suites', 'TLS_NULL'], "error: Cipher suite TLS_NULL not supported or doesn't exist"],
    [['--tls-min-version', 'VersionTLS10'], 'error: invalid value "VersionTLS10" for --tls-min-version:'],
    [['--service-account-issuer', 'a', '--service-account-issuer', 'a'], 'error: service-account-issuer "a" is given'],
    [
      ['--service-account-max-token-expiration', '59m'],
      'error: the service-account-max-token-expiration must be 1 hour or greater and up to 2^32 seconds',
    ],
    [
      ['--cluster-signing-key-file', 'x'],
      'error: --cluster-signing-key-file needs --cluster-signing-cert-file: they go together',
    ],
  ])('says what is wrong with %j', async (flags, message) => {
    expect(await failure(...flags)).toContain(message);
  });
});
