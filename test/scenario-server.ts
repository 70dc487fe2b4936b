import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { formatTokenFile, startServerProcess, type ServerProcess } from '@kcp/testing';
import { kcpProgram } from './kcp-program.ts';

/** A real server process with the test users, and a folder that goes with it. */
export interface ScenarioServer extends AsyncDisposable {
  readonly process: ServerProcess;
  readonly folder: string;
  /** The file with the certificate that the server is checked by. */
  readonly authorityFile: string;
}

/** Starts one on a free port of this machine. */
export async function startScenarioServer(...args: readonly string[]): Promise<ScenarioServer> {
  await using parts = new AsyncDisposableStack();
  const folder = await mkdtemp(join(tmpdir(), 'kcp-scenarios-'));
  parts.defer(() => rm(folder, { recursive: true, force: true }));
  const tokens = join(folder, 'tokens.csv');
  await writeFile(tokens, formatTokenFile());
  const local = ['--root-directory', join(folder, 'root'), '--bind-address', '127.0.0.1', '--secure-port', '0'];
  const server = parts.use(
    await startServerProcess({
      program: kcpProgram,
      arguments: ['start', ...local, '--token-auth-file', tokens, ...args],
    }),
  );
  const authorityFile = join(folder, 'ca.crt');
  await writeFile(authorityFile, server.certificateAuthority);
  const owned = parts.move();
  return { process: server, folder, authorityFile, [Symbol.asyncDispose]: () => owned.disposeAsync() };
}
