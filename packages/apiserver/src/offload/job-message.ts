import { ApiError, type ApiErrorOptions, type Reason } from '@kcp/api-machinery';
import type { Job } from './offload.ts';

/** What is sent to a worker. */
export interface JobRequest {
  readonly id: number;
  readonly job: string;
  readonly input: unknown;
}

/** What a worker says once, when it can do jobs. */
export interface WorkerReady {
  readonly kind: 'ready';
}

/** What comes back. */
export type JobReply =
  | { readonly id: number; readonly kind: 'done'; readonly output: unknown }
  | { readonly id: number; readonly kind: 'failed'; readonly error: SentError };

/** What a job gave, as that job's output: both sides have the same list of jobs. */
export function outputOf<Input, Output>(
  _job: Job<Input, Output>,
  { output }: Extract<JobReply, { kind: 'done' }>,
): Output {
  return output as Output;
}

/** An error as plain data: of an ApiError everything, of others the text. */
export interface SentError {
  readonly name: string;
  readonly message: string;
  readonly api?: { readonly reason: Reason; readonly options: ApiErrorOptions };
}

/** An error on its way out of a worker. */
export function sendError(thrown: unknown): SentError {
  if (!(thrown instanceof Error)) return { name: 'Error', message: String(thrown) };
  const { name, message } = thrown;
  if (!(thrown instanceof ApiError)) return { name, message };
  const { reason, code, details, metadata } = thrown;
  const options = { code, ...(details && { details }), ...(metadata && { metadata }) };
  return { name, message, api: { reason, options } };
}

/** The error as it is thrown again by who asked for the job. */
export function receiveError({ name, message, api }: SentError): Error {
  if (api !== undefined) return new ApiError(api.reason, message, api.options);
  const error = name === 'SyntaxError' ? new SyntaxError(message) : new Error(message);
  error.name = name;
  return error;
}
