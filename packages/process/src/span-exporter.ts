import { ExportResultCode } from '@opentelemetry/core';
import type { SpanExporter } from '@opentelemetry/sdk-trace';
import type { Logger } from '@kcp/telemetry';
import type { TracerOptions } from './tracer.ts';

const DEFAULT_ENDPOINT = 'localhost:4317';
/** How often failures are logged, in milliseconds. */
const QUIET_MS = 60_000;

/** What brings spans to a collector by OTLP. Failures are logged, but not each; spans that could not be sent are gone. */
export async function openExporter({ endpoint = DEFAULT_ENDPOINT, logger }: TracerOptions): Promise<SpanExporter> {
  const exporter = /^https?:/.test(endpoint) ? await overHttp(endpoint) : await overGrpc(endpoint);
  return saying(exporter, endpoint, logger);
}

async function overHttp(url: string): Promise<SpanExporter> {
  const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-http');
  return new OTLPTraceExporter({ url: new URL(url).pathname === '/' ? new URL('/v1/traces', url).href : url });
}

/** Without TLS, as kube-apiserver has it: the collector is beside the server. */
async function overGrpc(endpoint: string): Promise<SpanExporter> {
  const { OTLPTraceExporter } = await import('@opentelemetry/exporter-trace-otlp-grpc');
  const target = endpoint.replace(/^dns:\/\/\/?/, '');
  return new OTLPTraceExporter({ url: target.includes(':/') ? target : `http://${target}` });
}

function saying(exporter: SpanExporter, endpoint: string, logger: Logger): SpanExporter {
  let told = -Infinity;
  return {
    export: (spans, done) => {
      exporter.export(spans, (result) => {
        const now = performance.now();
        if (result.code !== ExportResultCode.SUCCESS && now - told >= QUIET_MS) {
          told = now;
          logger.warn('traces could not be sent', { endpoint, spans: spans.length, error: result.error });
        }
        done(result);
      });
    },
    ...(exporter.forceFlush && { forceFlush: () => exporter.forceFlush?.() ?? Promise.resolve() }),
    shutdown: () => exporter.shutdown(),
  };
}
