import type { JsonObject } from '@kcp/api-machinery';
import { decodeObject } from '../requests/codec.ts';
import type { Sender } from '../requests/sender.ts';
import { refusalError } from '../requests/status-error.ts';

/** A document that is asked for again only where it changed (ETag, RFC 9110, 8.8.3). */
export class CachedDocument {
  readonly #sender: Sender;
  readonly #path: string;
  readonly #accept: string;
  #known: { readonly etag: string; readonly object: JsonObject } | undefined;

  constructor(sender: Sender, path: string, accept = 'application/json') {
    this.#sender = sender;
    this.#path = path;
    this.#accept = accept;
  }

  /** The document as it is now; the same object as before where it did not change. Rejects with ApiError. */
  async get(signal?: AbortSignal): Promise<JsonObject> {
    const known = this.#known;
    const response = await this.#sender.open(this.#path, {
      accept: this.#accept,
      signal,
      ...(known && { headers: { 'if-none-match': known.etag } }),
    });
    const bytes = await response.bytes();
    if (response.status === 304 && known) return known.object;
    if (response.status !== 200) {
      const { status, headers } = response;
      throw refusalError({ status, headers, text: bytes.toString('utf8') });
    }
    const object = decodeObject(bytes, this.#path);
    const { etag } = response.headers;
    this.#known = typeof etag === 'string' ? { etag, object } : undefined;
    return object;
  }
}
