import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from '@jest/globals';
import { silentLogger } from '@kcp/telemetry';
import { modelSuite } from '../testing/model-suite.ts';
import { openLmdbStore } from './open-store.ts';

const root = mkdtempSync(join(tmpdir(), 'model-'));
afterAll(() => rmSync(root, { recursive: true }));

modelSuite(() => openLmdbStore({ folder: mkdtempSync(join(root, 'store-')), logger: silentLogger, reserveBytes: 0 }), {
  seeds: Array.from({ length: 60 }, (_, at) => 1_000 + at),
});
