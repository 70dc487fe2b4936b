import { readTime } from './time-layout.ts';

/** A point in time: whole seconds since 1970 (negative before) and nanoseconds into the second. */
export interface Instant {
  readonly seconds: number;
  readonly nanos: number;
}

/** Seconds of Go's zero time, 0001-01-01T00:00:00Z: a Time that says this is unset. */
const ZERO_SECONDS = -62_135_596_800;

/** Reads a metav1.Time: RFC 3339 with any zone; fractions are allowed. Throws ApiError 400 with Go's words. */
export function parseTime(text: string): Instant {
  return readTime(text, 'seconds');
}

/** Reads a metav1.MicroTime: RFC 3339 with exactly six digits of fraction. Throws ApiError 400 with Go's words. */
export function parseMicroTime(text: string): Instant {
  return readTime(text, 'micros');
}

/** Writes a metav1.Time: UTC, whole seconds, `2006-01-02T15:04:05Z`; null for the zero time. */
export function formatTime(instant: Instant): string | null {
  return isZero(instant) ? null : `${dateAndTime(instant)}Z`;
}

/** Writes a metav1.MicroTime: UTC, six digits of fraction; null for the zero time. */
export function formatMicroTime(instant: Instant): string | null {
  const micros = String(Math.trunc(instant.nanos / 1000)).padStart(6, '0');
  return isZero(instant) ? null : `${dateAndTime(instant)}.${micros}Z`;
}

/** The instant of a clock's milliseconds since 1970. */
export function instantOf(milliseconds: number): Instant {
  const seconds = Math.floor(milliseconds / 1000);
  return { seconds, nanos: Math.round((milliseconds - seconds * 1000) * 1_000_000) };
}

function isZero({ seconds, nanos }: Instant): boolean {
  return seconds === ZERO_SECONDS && nanos === 0;
}

function dateAndTime({ seconds }: Instant): string {
  return new Date(seconds * 1000).toISOString().slice(0, -5);
}
