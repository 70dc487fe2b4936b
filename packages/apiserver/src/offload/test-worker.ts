import { serveJobs } from './serve-jobs.ts';
import { testJobs } from './test-jobs.ts';

/** The worker of tests. */
serveJobs(testJobs);
