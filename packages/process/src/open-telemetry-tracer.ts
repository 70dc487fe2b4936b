import {
  defaultTextMapGetter,
  ROOT_CONTEXT,
  SpanKind,
  SpanStatusCode,
  trace,
  type Context,
  type Span as OtelSpan,
  type Tracer as OtelTracer,
} from '@opentelemetry/api';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  AlwaysOffSampler,
  BatchSpanProcessor,
  ParentBasedSampler,
  TraceIdRatioBasedSampler,
  TracerProvider,
  type Sampler,
} from '@opentelemetry/sdk-trace';
import type { Span, SpanAttributes, TraceStart } from '@kcp/telemetry';
import { openExporter } from './span-exporter.ts';
import type { ProgramTracer, TracerOptions } from './tracer.ts';

/** The most spans that wait to be sent; further ones are dropped. */
const QUEUE = 2048;
/** How long what is held may take when the program ends. */
const GRACE_MS = 5000;
const MILLION = 1_000_000;

/** Traces bound to OpenTelemetry, without its global state: two in one process share nothing. */
export class OpenTelemetryTracer implements ProgramTracer {
  readonly #provider: TracerProvider;
  readonly #tracer: OtelTracer;
  readonly #propagator = new W3CTraceContextPropagator();

  private constructor(provider: TracerProvider) {
    this.#provider = provider;
    this.#tracer = provider.getTracer('kcp');
  }

  static async open(options: TracerOptions): Promise<OpenTelemetryTracer> {
    const { samplingRatePerMillion, service } = options;
    const exporter = await openExporter(options);
    return new OpenTelemetryTracer(
      new TracerProvider({
        sampler: samplerOf(samplingRatePerMillion),
        resource: resourceFromAttributes({ 'service.name': service.name, 'service.instance.id': service.instance }),
        spanProcessors: [new BatchSpanProcessor({ exporter, maxQueueSize: QUEUE })],
      }),
    );
  }

  begin({ name, start, attributes, traceparent, tracestate, isTrusted }: TraceStart): Span | undefined {
    const remote = traceparent === undefined ? ROOT_CONTEXT : this.#remote({ traceparent, tracestate });
    const theirs = trace.getSpanContext(remote);
    const options = { kind: SpanKind.SERVER, startTime: start, attributes };
    const span =
      isTrusted || theirs === undefined
        ? this.#tracer.startSpan(name, options, remote)
        : this.#tracer.startSpan(name, { ...options, root: true, links: [{ context: theirs }] }, ROOT_CONTEXT);
    return span.isRecording() ? new OpenSpan(this.#tracer, span) : undefined;
  }

  /** What is still held is sent, unless that takes too long. */
  async [Symbol.asyncDispose](): Promise<void> {
    const late = Promise.withResolvers<void>();
    const timer = setTimeout(late.resolve, GRACE_MS);
    await Promise.race([this.#provider.shutdown().catch(() => {}), late.promise]);
    clearTimeout(timer);
  }

  #remote(headers: { readonly traceparent: string; readonly tracestate: string | undefined }): Context {
    return this.#propagator.extract(ROOT_CONTEXT, headers, defaultTextMapGetter);
  }
}

/** A client's trace says itself whether it is recorded; of all others a share is, none where the rate is 0. */
function samplerOf(perMillion: number): Sampler {
  const root = perMillion > 0 ? new TraceIdRatioBasedSampler(perMillion / MILLION) : new AlwaysOffSampler();
  return new ParentBasedSampler({ root });
}

class OpenSpan implements Span {
  readonly #tracer: OtelTracer;
  readonly #span: OtelSpan;

  constructor(tracer: OtelTracer, span: OtelSpan) {
    this.#tracer = tracer;
    this.#span = span;
  }

  child(name: string, start?: number): Span {
    const options = start === undefined ? {} : { startTime: start };
    return new OpenSpan(this.#tracer, this.#tracer.startSpan(name, options, trace.setSpan(ROOT_CONTEXT, this.#span)));
  }

  set(attributes: SpanAttributes): void {
    this.#span.setAttributes(attributes);
  }

  fail(error: unknown): void {
    const message = error instanceof Error ? error.message : String(error);
    this.#span.setStatus({ code: SpanStatusCode.ERROR, message });
  }

  end(): void {
    this.#span.end();
  }
}
