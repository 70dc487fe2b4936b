import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';
import { silentLogger } from '@kcp/telemetry';
import { backendSuite } from '../testing/backend-suite.ts';
import { openLmdbStore } from './open-store.ts';

const root = mkdtempSync(join(tmpdir(), 'lmdb-store-'));
afterAll(() => rmSync(root, { recursive: true }));

backendSuite('a store in LMDB', (snapshot) =>
  openLmdbStore({ folder: snapshot ?? mkdtempSync(join(root, 'store-')), logger: silentLogger, reserveBytes: 0 }),
);
