import type { Response } from '@kcp/http';

/** An answer that is streamed, with something that is done when the stream ends, for whatever reason. */
export function afterStream(response: Response, ended: () => unknown): Response {
  const { body } = response;
  if (typeof body !== 'function') return response;
  return {
    ...response,
    body: async (sink) => {
      try {
        await body(sink);
      } finally {
        await ended();
      }
    },
  };
}
