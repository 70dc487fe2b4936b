import type { IncomingMessage, ServerResponse } from 'node:http';
import { isObject, parseJson, stringifyJson, type JsonObject } from '@kcp/api-machinery';
import { certificate, secureServer } from './server.ts';

/** What a webhook of a test does with a review. */
export type HookReply =
  /** Answers with JSON, or with a text as it is. */
  | { readonly status?: number; readonly body: JsonObject | string; readonly type?: string }
  /** Never answers. */
  | 'hang'
  /** Cuts the connection. */
  | 'break'
  /** Begins an answer and cuts the connection. */
  | 'truncate';

/** A webhook over TLS on this machine, with an authority of its own. */
export interface HookServer extends AsyncDisposable {
  /** Everything it was asked, in the order of arrival. */
  readonly reviews: readonly { readonly path: string; readonly review: JsonObject }[];
  /** How a configuration names it. */
  clientConfig(path?: string): { readonly url: string; readonly caBundle: string };
  /** Forgets what it was asked. */
  forget(): void;
}

/** Starts a webhook. */
export async function hookServer(
  reply: (review: JsonObject, path: string) => HookReply | Promise<HookReply>,
): Promise<HookServer> {
  const authority = await certificate({ name: 'hooks' });
  const own = await certificate({ name: 'hook', hosts: [{ type: 'ip', value: '127.0.0.1' }], issuer: authority });
  const reviews: { path: string; review: JsonObject }[] = [];
  const answer = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(Buffer.from(chunk));
    const review = parseJson(Buffer.concat(chunks).toString('utf8'));
    if (!isObject(review)) throw new TypeError('no review');
    const path = request.url ?? '';
    reviews.push({ path, review });
    send(response, await reply(review, path));
  };
  const server = await secureServer({ key: own.key, cert: own.certificate }, (request, response) => {
    void answer(request, response);
  });
  const caBundle = Buffer.from(authority.certificate).toString('base64');
  return {
    reviews,
    clientConfig: (path = '/hook') => ({ url: `https://127.0.0.1:${server.port}${path}`, caBundle }),
    forget: () => {
      reviews.length = 0;
    },
    [Symbol.asyncDispose]: () => server[Symbol.asyncDispose](),
  };
}

function send(response: ServerResponse, reply: HookReply): void {
  if (reply === 'hang') return;
  if (reply === 'break') {
    response.socket?.destroy();
    return;
  }
  if (reply === 'truncate') {
    response.writeHead(200, { 'content-type': 'application/json', 'content-length': '1000' });
    response.write('{"kind"', () => response.socket?.destroy());
    return;
  }
  const { status = 200, body, type = 'application/json' } = reply;
  response.writeHead(status, { 'content-type': type });
  response.end(typeof body === 'string' ? body : stringifyJson(body));
}
