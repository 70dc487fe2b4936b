import type { StreamBody, TransportResponse } from '@kcp/http';

/** Passes a body on as it comes, no faster than it is taken. Ends the answer behind where the caller goes, and breaks off where that one does. */
export function streamed({ body }: Pick<TransportResponse, 'body'>, gone: AbortController): StreamBody {
  return async (sink) => {
    sink.onClose(() => gone.abort());
    try {
      for await (const part of body) {
        if (sink.closed) return;
        if (!sink.write(part)) await sink.drained();
      }
    } catch (error) {
      // nobody is there to be told
      if (!sink.closed) throw error;
    }
  };
}
