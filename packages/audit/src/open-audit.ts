import type { Logger, Meter } from '@kcp/telemetry';
import type { AuditClock, Backend } from './backend/backend.ts';
import { BufferedBackend, type BatchOptions } from './backend/buffered.ts';
import { lenientBackend } from './backend/lenient.ts';
import { truncatingBackend, type TruncateOptions } from './backend/truncating.ts';
import { unionBackend } from './backend/union.ts';
import { AuditFailures } from './failures.ts';
import { logBackend, type AuditLogFormat } from './log/log-backend.ts';
import { RotatingFile } from './log/rotating-file.ts';
import type { Retention } from './log/old-files.ts';
import { streamOutput, type ByteStream } from './log/stream-output.ts';
import type { Policy } from './policy/policy.ts';
import { Recorder } from './recorder.ts';
import { webhookBackend, type Post } from './webhook/webhook-backend.ts';

/**
 * How a backend and requests go together: `batch` takes events at once and works later, `blocking` lets answers wait, and
 * `blocking-strict` refuses requests whose first event cannot be recorded.
 */
export const auditModes = ['batch', 'blocking', 'blocking-strict'] as const;
export type AuditMode = (typeof auditModes)[number];

/** What both backends are told. */
export interface AuditBackendOptions {
  readonly mode: AuditMode;
  /** For mode `batch`. */
  readonly batch: BatchOptions;
  readonly truncate: TruncateOptions;
}

/** The log: a file or a stream. */
export interface AuditLogOptions extends AuditBackendOptions, Retention {
  /** A path, or `-` for the stream. */
  readonly path: string;
  readonly format: AuditLogFormat;
  /** In bytes; 0: the file grows. */
  readonly maxBytes: number;
}

/** The webhook. */
export interface AuditWebhookOptions extends AuditBackendOptions {
  readonly post: Post;
  readonly initialBackoffMs: number;
}

/** What is recorded, and where. */
export interface AuditOptions {
  readonly policy: Policy;
  readonly log?: AuditLogOptions;
  readonly webhook?: AuditWebhookOptions;
}

/** What the world gives. */
export interface AuditParts {
  readonly clock: AuditClock;
  readonly random: () => number;
  readonly meter: Meter;
  readonly logger: Logger;
  /** What `-` stands for. */
  readonly standardOutput: ByteStream;
}

/** A recorder, and how it is ended. */
export interface OpenAudit {
  readonly recorder: Recorder;
  /** Brings home what is held, at most so many milliseconds long. */
  close(graceMs: number): Promise<void>;
}

/** The most batches of the webhook that are under way at once: a hanging one holds no more than these and the buffer. */
const WEBHOOK_CONCURRENCY = 10;
/** The log writes one after the other anyway; what is handed to it early goes together. */
const LOG_CONCURRENCY = 256;
/** The most bytes of a batch where truncation is off. */
const BATCH_BYTES = 10 * 1024 * 1024;

/** Opens the backends. Rejects where the log's file cannot be written. */
export async function openAudit({ policy, log, webhook }: AuditOptions, parts: AuditParts): Promise<OpenAudit> {
  const { clock, meter, logger, random } = parts;
  const now = (): number => clock.now();
  const failures = new AuditFailures({ meter, logger, clock: now });
  const stopping = new AbortController();
  const backends: Backend[] = [];
  if (log) {
    const wrapping = { options: log, concurrency: LOG_CONCURRENCY, clock, failures };
    backends.push(wrapped(logBackend(await openOutput(log, parts, failures), log.format, failures), wrapping));
  }
  if (webhook) {
    const { post, initialBackoffMs } = webhook;
    const wrapping = { options: webhook, concurrency: WEBHOOK_CONCURRENCY, clock, failures };
    backends.push(
      wrapped(webhookBackend({ post, initialBackoffMs, clock, random, stopping: stopping.signal, failures }), wrapping),
    );
  }
  const recorder = new Recorder({ policy, backend: unionBackend(backends), clock: now, meter, logger });
  return {
    recorder,
    close: async (graceMs) => {
      stopping.abort();
      const deadline = new AbortController();
      using _timer = clock.after(graceMs, () => deadline.abort());
      await recorder.close(deadline.signal);
    },
  };
}

function openOutput(
  { path, maxBytes, maxAgeDays, maxBackups, compress }: AuditLogOptions,
  { clock, standardOutput }: AuditParts,
  failures: AuditFailures,
): ReturnType<typeof RotatingFile.open> | ReturnType<typeof streamOutput> {
  if (path === '-') return streamOutput(standardOutput);
  const onTrouble = (error: unknown): void => failures.report('log', error, 0);
  return RotatingFile.open({ path, maxBytes, maxAgeDays, maxBackups, compress, clock: () => clock.now(), onTrouble });
}

interface Wrapping {
  readonly options: AuditBackendOptions;
  readonly concurrency: number;
  readonly clock: AuditClock;
  readonly failures: AuditFailures;
}

/** What the mode and the bounds make of a backend. */
function wrapped(backend: Backend, { options, concurrency, clock, failures }: Wrapping): Backend {
  const { mode, batch, truncate } = options;
  const maxBatchBytes = truncate.enabled ? truncate.maxBatchBytes : BATCH_BYTES;
  const paced = {
    batch: () => new BufferedBackend(backend, { batch, concurrency, maxBatchBytes, clock, failures }),
    blocking: () => lenientBackend(backend),
    'blocking-strict': () => backend,
  }[mode]();
  return truncate.enabled ? truncatingBackend(paced, truncate, failures) : paced;
}
