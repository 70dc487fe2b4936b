import { parentPort } from 'node:worker_threads';
import { type JobReply, type JobRequest, sendError, type WorkerReady } from './job-message.ts';
import type { Job } from './offload.ts';

/** What a worker's entry calls: does the jobs that come, one at a time, for as long as the worker lives. */
export function serveJobs(jobs: readonly Job<unknown, unknown>[]): void {
  const byName = new Map(jobs.map((job) => [job.name, job]));
  const port = parentPort;
  if (port === null) throw new Error('jobs are served in a worker only');
  port.on('message', ({ id, job, input }: JobRequest) => {
    port.postMessage(reply(id, () => run(byName.get(job), job, input)));
  });
  port.postMessage({ kind: 'ready' } satisfies WorkerReady);
}

function run(job: Job<unknown, unknown> | undefined, name: string, input: unknown): unknown {
  if (job === undefined) throw new Error(`no job is called ${name}`);
  return job.run(input);
}

function reply(id: number, work: () => unknown): JobReply {
  try {
    return { id, kind: 'done', output: work() };
  } catch (error) {
    return { id, kind: 'failed', error: sendError(error) };
  }
}
