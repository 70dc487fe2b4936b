import type { Message, MessageSocket, Sink } from '@kcp/http';
import type { Format } from '../media/negotiate.ts';

/** What stands before an event in a stream of bytes and not in a message: its length (k8s.io/apimachinery length-delimited framer). */
const LENGTH_BYTES = 4;

/**
 * A socket as the sink of a watch, one event a message: text for JSON, else binary (k8s.io/apiserver WatchServer.HandleWS). What the
 * client says is dropped. The bytes of an event are those that go to every other watcher.
 */
export function socketSink(socket: MessageSocket, format: Format): Sink {
  socket.discard();
  const messageOf = (bytes: Uint8Array): Message =>
    format === 'protobuf' ? { kind: 'binary', data: bytes.subarray(LENGTH_BYTES) } : { kind: 'text', data: bytes };
  return {
    write: (bytes) => socket.send(messageOf(bytes)),
    drained: () => socket.drained(),
    get pending() {
      return socket.pending;
    },
    get closed() {
      return socket.closed;
    },
    onClose: (listener) => socket.onClose(listener),
  };
}
