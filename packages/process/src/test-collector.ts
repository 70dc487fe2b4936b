import { createServer, type IncomingMessage, type Server as HttpServer, type ServerResponse } from 'node:http';
import { createServer as createHttp2Server, type ServerHttp2Stream } from 'node:http2';
import type { AddressInfo } from 'node:net';

/** A span as a collector got it, what tests look at. */
export interface CollectedSpan {
  readonly name: string;
  readonly traceId: string;
  readonly parentSpanId: string;
  readonly links: number;
  readonly attributes: Readonly<Record<string, string>>;
}

/** A real receiver of OTLP on a port of this machine. */
export interface TestCollector extends AsyncDisposable {
  readonly endpoint: string;
  readonly spans: readonly CollectedSpan[];
}

interface JsonSpan {
  readonly name: string;
  readonly traceId: string;
  readonly parentSpanId?: string;
  readonly links?: readonly unknown[];
  readonly attributes: readonly { readonly key: string; readonly value: Readonly<Record<string, unknown>> }[];
}

interface JsonExport {
  readonly resourceSpans: readonly { readonly scopeSpans: readonly { readonly spans: readonly JsonSpan[] }[] }[];
}

/** Receives OTLP over HTTP in JSON; answers with a status of its own where one is given. */
export async function httpCollector(status = 200): Promise<TestCollector> {
  const spans: CollectedSpan[] = [];
  const server: HttpServer = createServer((request, response) => {
    void take(request, response);
  });
  const take = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const { resourceSpans } = JSON.parse((await bodyOf(request)).toString()) as JsonExport;
    const found = resourceSpans.flatMap(({ scopeSpans }) => scopeSpans.flatMap((scope) => scope.spans));
    if (request.url === '/v1/traces' && status === 200) spans.push(...found.map(spanOf));
    response.writeHead(status, { 'content-type': 'application/json' }).end('{}');
  };
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    [Symbol.asyncDispose]: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

function spanOf({ name, traceId, parentSpanId = '', links = [], attributes }: JsonSpan): CollectedSpan {
  const shown = attributes.map(({ key, value }) => [key, String(Object.values(value)[0])]);
  return { name, traceId, parentSpanId, links: links.length, attributes: Object.fromEntries(shown) };
}

/** Receives OTLP over gRPC without TLS; of spans it reads the names and the trace. */
export async function grpcCollector(): Promise<TestCollector> {
  const spans: CollectedSpan[] = [];
  const server = createHttp2Server();
  server.on('stream', (stream: ServerHttp2Stream) => void take(stream));
  const take = async (stream: ServerHttp2Stream): Promise<void> => {
    const message = (await bodyOf(stream)).subarray(5);
    for (const resourceSpans of parts(message, 1))
      for (const scopeSpans of parts(resourceSpans, 2))
        for (const span of parts(scopeSpans, 2)) {
          const [name] = parts(span, 5);
          const [traceId] = parts(span, 1);
          spans.push({
            name: name?.toString() ?? '',
            traceId: traceId?.toString('hex') ?? '',
            parentSpanId: parts(span, 4)[0]?.toString('hex') ?? '',
            links: parts(span, 13).length,
            attributes: {},
          });
        }
    stream.respond({ ':status': 200, 'content-type': 'application/grpc+proto' }, { waitForTrailers: true });
    stream.on('wantTrailers', () => stream.sendTrailers({ 'grpc-status': '0' }));
    stream.end(Buffer.alloc(5));
  };
  const sessions = new Set<{ destroy(): void }>();
  server.on('session', (session) => sessions.add(session));
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return {
    endpoint: `127.0.0.1:${(server.address() as AddressInfo).port}`,
    spans,
    [Symbol.asyncDispose]: async () => {
      for (const session of sessions) session.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function bodyOf(source: IncomingMessage | ServerHttp2Stream): Promise<Buffer> {
  const chunks: Buffer[] = [];
  for await (const chunk of source) chunks.push(chunk as Buffer);
  return Buffer.concat(chunks);
}

/** The parts of a protobuf message under one number that have a length. */
function parts(message: Buffer, wanted: number): Buffer[] {
  const found: Buffer[] = [];
  let at = 0;
  const varint = (): number => {
    let value = 0;
    for (let scale = 1; ; scale *= 128) {
      const byte = message[at++] ?? 0;
      value += (byte & 127) * scale;
      if (byte < 128) return value;
    }
  };
  while (at < message.length) {
    const tag = varint();
    const length = tag % 8 === 2 ? varint() : { 1: 8, 5: 4 }[tag % 8];
    if (length === undefined) {
      varint();
      continue;
    }
    if (Math.floor(tag / 8) === wanted && tag % 8 === 2) found.push(message.subarray(at, at + length));
    at += length;
  }
  return found;
}
