const shareable = 64 * 1024;
const lineEnd = Buffer.from('\r\n');

// The frame made last. One event goes to many watchers in a row, so one entry is enough.
let last: { bytes: Uint8Array; framed: Buffer } | undefined;

/** The bytes as one chunk of HTTP/1.1's chunked encoding (RFC 9112, 7.1). */
export function frameChunk(bytes: Uint8Array): Buffer {
  if (last?.bytes === bytes) return last.framed;
  const size = Buffer.from(`${bytes.byteLength.toString(16)}\r\n`, 'latin1');
  const framed = Buffer.concat([size, bytes, lineEnd]);
  // A large one is not worth keeping alive.
  if (bytes.byteLength <= shareable) last = { bytes, framed };
  return framed;
}
