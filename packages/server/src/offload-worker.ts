import { bodyJobs, serveJobs } from '@kcp/apiserver/offload';
import { definitionJobs } from '@kcp/crd/offload';

/** What worker threads run: the jobs of all packages. */
serveJobs([...bodyJobs, ...definitionJobs]);
