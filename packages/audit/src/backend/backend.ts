import type { AuditEvent } from '../event/audit-event.ts';

/** Where events go. */
export interface Backend {
  /**
   * Takes events; in order, as they were given. True: they are taken as far as the request is concerned. False: they are not,
   * and a request that has just begun must be refused. Never rejects: a backend counts its failures itself.
   */
  process(events: readonly AuditEvent[]): boolean | Promise<boolean>;
  /** Nothing more comes. What is held is brought home; what is not when the signal is aborted is given up and counted. */
  close(deadline: AbortSignal): Promise<void>;
}

/** Time as an argument. */
export interface AuditClock {
  /** Milliseconds since 1970. */
  now(): number;
  /** Runs once, at least so many milliseconds from now, unless disposed of before. */
  after(milliseconds: number, run: () => void): Disposable;
}
