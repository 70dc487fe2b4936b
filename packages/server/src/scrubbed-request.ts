import type { Peer, Request } from '@kcp/http';

/**
 * Makes requests that have no headers of certain names, as if nobody had sent them: what a front proxy states of somebody, or what
 * somebody would like it to have stated, goes no further than authentication.
 */
export function scrubbing(isHidden: (name: string) => boolean): (request: Request) => Request {
  return (request) => new ScrubbedRequest(request, isHidden);
}

class ScrubbedRequest implements Request {
  readonly #request: Request;
  readonly #isHidden: (name: string) => boolean;

  constructor(request: Request, isHidden: (name: string) => boolean) {
    this.#request = request;
    this.#isHidden = isHidden;
  }

  get method(): string {
    return this.#request.method;
  }

  get path(): string {
    return this.#request.path;
  }

  get query(): string {
    return this.#request.query;
  }

  get protocol(): Request['protocol'] {
    return this.#request.protocol;
  }

  get peer(): Peer {
    return this.#request.peer;
  }

  get signal(): AbortSignal {
    return this.#request.signal;
  }

  header(name: string): string | undefined {
    return this.#isHidden(name) ? undefined : this.#request.header(name);
  }

  *headers(): Iterable<readonly [string, string]> {
    for (const line of this.#request.headers()) {
      if (!this.#isHidden(line[0])) yield line;
    }
  }

  body(limit: number): Promise<Buffer> {
    return this.#request.body(limit);
  }
}
