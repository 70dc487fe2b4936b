import { ApiError } from '@kcp/api-machinery';

const NEWLINE = 0x0a;

/**
 * The lines of a stream, however it is cut into pieces; empty ones are left out, and so is a last one without an end, which is half an
 * event. Throws ApiError RequestEntityTooLarge where a line is longer than `maxBytes`.
 */
export async function* splitLines(
  body: AsyncIterable<Uint8Array>,
  maxBytes: number,
): AsyncGenerator<Buffer, void, void> {
  let parts: Uint8Array[] = [];
  let size = 0;
  for await (const piece of body) {
    let from = 0;
    for (let end = piece.indexOf(NEWLINE); end >= 0; end = piece.indexOf(NEWLINE, from)) {
      const line = piece.subarray(from, end);
      from = end + 1;
      check(size + line.byteLength, maxBytes);
      const whole = parts.length === 0 ? Buffer.from(line) : Buffer.concat([...parts, line]);
      parts = [];
      size = 0;
      if (whole.byteLength > 0) yield whole;
    }
    const rest = piece.subarray(from);
    size += rest.byteLength;
    check(size, maxBytes);
    if (rest.byteLength > 0) parts.push(rest);
  }
}

function check(size: number, maxBytes: number): void {
  if (size > maxBytes)
    throw new ApiError('RequestEntityTooLarge', `an event of the watch is larger than ${maxBytes} bytes`);
}
