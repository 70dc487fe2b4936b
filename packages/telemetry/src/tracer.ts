/** Facts about a span. */
export type SpanAttributes = Readonly<Record<string, string | number | boolean>>;

/** A stretch of time in which something was done for one request. */
export interface Span {
  /** A part of it, which begins now or at `start` (milliseconds since 1970). */
  child(name: string, start?: number): Span;
  set(attributes: SpanAttributes): void;
  /** It did not end well. */
  fail(error: unknown): void;
  /** Once; what is not ended is never shown. */
  end(): void;
}

/** What a trace of a request begins with. */
export interface TraceStart {
  readonly name: string;
  /** In milliseconds since 1970. */
  readonly start: number;
  readonly attributes: SpanAttributes;
  /** The client's trace (W3C trace context), as its headers say it. */
  readonly traceparent: string | undefined;
  readonly tracestate: string | undefined;
  /** The client's trace goes on here, and it says whether this request is recorded; else a trace of our own refers to it. */
  readonly isTrusted: boolean;
}

/** Follows requests through their parts. Where nobody asked for it there is none, and it costs nothing. */
export interface Tracer {
  /** Undefined where this request is not recorded. */
  begin(trace: TraceStart): Span | undefined;
}

/** Does something as a part of a span; where there is none, just does it. */
export function inSpan<T>(span: Span | undefined, name: string, work: () => Promise<T>): Promise<T> {
  return span === undefined ? work() : within(span.child(name), work);
}

async function within<T>(part: Span, work: () => Promise<T>): Promise<T> {
  try {
    return await work();
  } catch (error) {
    part.fail(error);
    throw error;
  } finally {
    part.end();
  }
}
