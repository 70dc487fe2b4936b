import { silentLogger } from '@kcp/telemetry';
import { openLmdbStore } from '../lmdb/open-store.ts';
import { backendSuite } from '../testing/backend-suite.ts';
import { describeWithEtcd } from './testing/etcd-tests.ts';

await describeWithEtcd('on a real etcd', ({ open }) => {
  backendSuite('a store in etcd', () => open(), {
    revisions: 'spread',
    openCopy: (folder) => openLmdbStore({ folder, logger: silentLogger, reserveBytes: 0 }),
  });
});
