/** What the entry of a worker needs, and no more: the sub-path `@kcp/apiserver/offload`. */
export { bodyJobs } from './body-jobs.ts';
export { serveJobs } from './serve-jobs.ts';
