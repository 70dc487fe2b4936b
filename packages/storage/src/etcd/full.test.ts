import { expect, it } from '@jest/globals';
import { silentLogger } from '@kcp/telemetry';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { StorageFullError } from '../backend.ts';
import { findEtcd } from '../testing/etcd/find-etcd.ts';
import { startEtcd } from '../testing/etcd/start-etcd.ts';
import { put, text, write } from '../testing/opened.ts';
import { openEtcdStore } from './open-etcd-store.ts';
import { disarm } from './testing/disarm.ts';
import { describeWithEtcd } from './testing/etcd-tests.ts';

const A = '/g/r/c/a';
const MIB = 1024 * 1024;

await describeWithEtcd('an etcd whose quota is used up', () => {
  it('refuses commits by name, is read on, and takes commits again once it is disarmed', async () => {
    const found = await findEtcd();
    if (found.kind === 'missing') throw new Error(found.reason);
    await using etcd = await startEtcd({ program: found.program, flags: [`--quota-backend-bytes=${8 * MIB}`] });
    const folder = mkdtempSync(join(tmpdir(), 'etcd-full-'));
    await using _ = { [Symbol.asyncDispose]: async () => rmSync(folder, { recursive: true }) };
    await using backend = await openEtcdStore({ servers: [etcd.url], folder, logger: silentLogger });
    const one = await write(backend, put(A, 'one'));
    const fill = async (): Promise<unknown> => {
      for (let count = 0; ; count += 1) {
        const error: unknown = await backend.commit([], [put('/g/r/c/big', 'x'.repeat(MIB / 2))]).then(
          () => undefined,
          (reason: unknown) => reason,
        );
        if (error !== undefined) return error;
        if (count > 100) throw new Error('never full');
      }
    };
    expect(await fill()).toBeInstanceOf(StorageFullError);
    await expect(backend.commit([], [put(A, 'two')])).rejects.toBeInstanceOf(StorageFullError);
    await backend.synced();
    expect(text(backend.get(A)?.value)).toBe('one');
    expect(backend.get(A)?.revision).toBe(one);
    await backend.compact(backend.head());
    await disarm(etcd.url);
    expect(await write(backend, put(A, 'two'))).toBeGreaterThan(one);
    expect(text(backend.get(A)?.value)).toBe('two');
  });
});
