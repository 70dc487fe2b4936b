import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe } from '@jest/globals';
import { silentLogger } from '@kcp/telemetry';
import type { Backend } from '../../backend.ts';
import type { FoundEtcd } from '../../testing/etcd/find-etcd.ts';
import { findEtcd } from '../../testing/etcd/find-etcd.ts';
import type { TestEtcd } from '../../testing/etcd/start-etcd.ts';
import { startEtcd } from '../../testing/etcd/start-etcd.ts';
import { openEtcdStore } from '../open-etcd-store.ts';
import type { EtcdStoreOptions } from '../options.ts';

/** What tests of the backend work with: one etcd for a file. */
export interface EtcdTests {
  readonly etcd: () => TestEtcd;
  /** A new folder for a copy; removed in the end. */
  readonly folder: () => string;
  /** A prefix that nothing was ever written under. */
  readonly prefix: () => string;
  /** Opens a store; where nothing else is said under a prefix of its own, in a folder of its own. */
  readonly open: (options?: Partial<EtcdStoreOptions>) => Promise<Backend>;
}

/** Describes tests on a real etcd; where none can be had, they are skipped, and the reason is said. */
export const describeWithEtcd = async (
  name: string,
  tests: (parts: EtcdTests) => void,
  find: () => Promise<FoundEtcd> = findEtcd,
): Promise<void> => {
  const found = await find();
  if (found.kind === 'missing') process.stderr.write(`SKIPPED: ${name}: ${found.reason}\n`);
  (found.kind === 'missing' ? describe.skip : describe)(name, () => {
    const root = mkdtempSync(join(tmpdir(), 'etcd-store-'));
    const folder = (): string => mkdtempSync(join(root, 'copy-'));
    let etcd: TestEtcd | undefined;
    let prefixes = 0;
    beforeAll(async () => {
      if (found.kind === 'found') etcd = await startEtcd({ program: found.program });
    });
    afterAll(async () => {
      await etcd?.[Symbol.asyncDispose]();
      rmSync(root, { recursive: true, force: true });
    });
    const running = (): TestEtcd => {
      if (etcd === undefined) throw new Error('etcd is not started yet');
      return etcd;
    };
    const prefix = (): string => `/test-${(prefixes += 1)}`;
    const open = (options: Partial<EtcdStoreOptions> = {}): Promise<Backend> =>
      openEtcdStore({
        servers: [running().url],
        prefix: prefix(),
        folder: options.folder ?? folder(),
        logger: silentLogger,
        ...options,
      });
    tests({ etcd: running, folder, prefix, open });
  });
};
