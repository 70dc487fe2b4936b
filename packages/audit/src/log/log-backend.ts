import type { Backend } from '../backend/backend.ts';
import { legacyLine } from '../event/legacy-line.ts';
import type { AuditFailures } from '../failures.ts';
import { LineQueue, type LineOutput } from './line-queue.ts';

/** How a line of the log looks: kube-apiserver's two ways. */
export const auditLogFormats = ['json', 'legacy'] as const;
export type AuditLogFormat = (typeof auditLogFormats)[number];

/** Writes a line for each event. An output that fails costs the events, not the server: each failure is counted, the next line is tried. */
export function logBackend(output: LineOutput, format: AuditLogFormat, failures: AuditFailures): Backend {
  const queue = new LineQueue(output);
  return {
    process: async (events) => {
      const lines = events.map((event) => `${format === 'json' ? event.text : legacyLine(event.fields)}\n`);
      const error = await queue.write(lines.join(''));
      if (error !== undefined) failures.report('log', error, events.length);
      return error === undefined;
    },
    close: (deadline) => queue.close(deadline),
  };
}
