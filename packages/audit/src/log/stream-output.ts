import type { LineOutput } from './line-queue.ts';

/** What takes bytes and says when it has them: standard output is one. */
export interface ByteStream {
  write(bytes: Uint8Array, done: (error?: Error | null) => void): unknown;
}

/** Lines that go to a stream of somebody else, which stays open. */
export function streamOutput(stream: ByteStream): LineOutput {
  return {
    write: (bytes) =>
      new Promise((resolve, reject) => {
        stream.write(bytes, (error) => (error ? reject(error) : resolve()));
      }),
    close: () => Promise.resolve(),
  };
}
