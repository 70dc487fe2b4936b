import { silentLogger } from '@kcp/telemetry';
import { openLmdbStore } from '../lmdb/open-store.ts';
import { backendSuite } from '../testing/backend-suite.ts';
import { findNewEtcd } from '../testing/etcd/find-etcd.ts';
import { modelSuite } from '../testing/model-suite.ts';
import { describeWithEtcd } from './testing/etcd-tests.ts';

await describeWithEtcd(
  'on the newer etcd',
  ({ open }) => {
    backendSuite('a store in etcd', () => open(), {
      revisions: 'spread',
      openCopy: (folder) => openLmdbStore({ folder, logger: silentLogger, reserveBytes: 0 }),
    });
    modelSuite(() => open(), { revisions: 'spread', seeds: Array.from({ length: 20 }, (_, at) => 1_000 + at) });
  },
  findNewEtcd,
);
