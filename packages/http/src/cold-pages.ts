import { Http2ServerRequest, Http2ServerResponse } from 'node:http2';
import type { IncomingHttpHeaders, ServerHttp2Stream } from 'node:http2';
import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Logger } from '@kcp/telemetry';
import express from 'express';
import type { ErrorRequestHandler, Express, RequestHandler, Router } from 'express';

/** Pages that are not resources, and which paths they have. */
export interface ColdRoutes {
  readonly router: Router;
  isCold(path: string): boolean;
}

/** Serves the pages that are not resources (docs, index, login): Express, once for each protocol, over one router. */
export interface ColdPages {
  isCold(path: string): boolean;
  http1(message: IncomingMessage, response: ServerResponse): void;
  http2(stream: ServerHttp2Stream, headers: IncomingHttpHeaders, rawHeaders: string[]): void;
}

/**
 * Express gives every request the prototypes of its app, so each protocol gets a tiny app of its own; the router, where
 * the work is, is shared.
 */
export function coldPages(routes: ColdRoutes, logger: Logger): ColdPages {
  const http1 = pageApp(routes.router, logger);
  const http2 = pageApp(routes.router, logger);
  rebase(http2, 'request', Http2ServerRequest.prototype);
  rebase(http2, 'response', Http2ServerResponse.prototype);
  return {
    isCold: (path) => routes.isCold(path),
    http1: (message, response) => run(http1, message, response),
    http2: (stream, headers, rawHeaders) => {
      // What Express and its parsers know from HTTP/1.1 only.
      headers.host ??= headers[':authority'];
      if (!stream.endAfterHeaders && headers['content-length'] === undefined) headers['transfer-encoding'] = 'chunked';
      run(http2, new Http2ServerRequest(stream, headers, {}, rawHeaders), new Http2ServerResponse(stream));
    },
  };
}

function pageApp(router: Router, logger: Logger): Express {
  const app = express();
  app.disable('x-powered-by');
  app.use(router, notFound, failed(logger));
  return app;
}

const notFound: RequestHandler = (_request, response) => {
  response.status(404).type('text').send('404 page not found\n');
};

/** Instead of Express' own, which shows stack traces and writes to the console. */
function failed(logger: Logger): ErrorRequestHandler {
  return (thrown: unknown, request, response, _next) => {
    logger.error('page failed', { path: request.path, error: thrown });
    if (response.headersSent) response.destroy();
    else response.status(500).type('text').send('internal server error\n');
  };
}

/** Puts Express' own methods over another protocol's request or response. */
function rebase(app: Express, side: 'request' | 'response', prototype: object): void {
  const methods = Object.create(prototype, Object.getOwnPropertyDescriptors(express[side]));
  Object.defineProperty(app, side, { value: Object.create(methods, { app: { value: app } }) });
}

/** An app is declared for HTTP/1.1's classes only; rebased it takes HTTP/2's as well. */
function run(app: Express, request: object, response: object): void {
  Reflect.apply(app, undefined, [request, response]);
}
