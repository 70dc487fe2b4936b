import type { Logger, Tracer } from '@kcp/telemetry';

/** Where traces go, and how many (apiserver.config.k8s.io TracingConfiguration). */
export interface TracerOptions {
  /** `host:port`, `dns://…` or `unix:…` for OTLP over gRPC, `http://…` or `https://…` for OTLP over HTTP; localhost:4317 where left out. */
  readonly endpoint?: string;
  /** How many of a million requests are recorded that belong to no trace of a client's. */
  readonly samplingRatePerMillion: number;
  /** What this program and this one of its runs are called. */
  readonly service: { readonly name: string; readonly instance: string };
  readonly logger: Logger;
}

/** A tracer that ends: what is held is sent, for some seconds at most. */
export interface ProgramTracer extends Tracer, AsyncDisposable {}

/** Loads OpenTelemetry and makes a tracer of it. Rejects where the endpoint is none. */
export async function createTracer(options: TracerOptions): Promise<ProgramTracer> {
  const { OpenTelemetryTracer } = await import('./open-telemetry-tracer.ts');
  return OpenTelemetryTracer.open(options);
}
