import { ApiError } from '@kcp/api-machinery';
import type { Logger } from '@kcp/telemetry';
import type { Handler, Response } from './exchange.ts';
import type { LiveExchange } from './live-exchange.ts';
import { apiErrorResponse } from './status-response.ts';

/** Brings a handler's answer to the socket; no promise is made where the handler makes none. */
export class Answerer {
  readonly #handler: Handler;
  readonly #logger: Logger;

  constructor(handler: Handler, logger: Logger) {
    this.#handler = handler;
    this.#logger = logger;
  }

  answer(exchange: LiveExchange): void {
    let answer: Response | Promise<Response>;
    try {
      answer = this.#handler(exchange);
    } catch (thrown) {
      this.#fail(exchange, thrown);
      return;
    }
    if (!('then' in answer)) {
      this.send(exchange, answer);
      return;
    }
    answer.then(
      (response) => this.send(exchange, response),
      (thrown: unknown) => this.#fail(exchange, thrown),
    );
  }

  send(exchange: LiveExchange, response: Response): void {
    try {
      exchange.send(response);
    } catch (thrown) {
      this.#fail(exchange, thrown);
    }
  }

  #fail(exchange: LiveExchange, thrown: unknown): void {
    this.#logger.error('a request was not answered by its handler', { path: exchange.path, error: thrown });
    try {
      exchange.send(apiErrorResponse(ApiError.from(thrown)));
    } catch {
      exchange.reset();
    }
  }
}
