import type { Writable } from 'node:stream';

/** How much is handed to the platform at once: enough to be fast, little enough that encrypting it stalls nobody. */
const pieceBytes = 256 * 1024;

/** A body that is known whole. */
export type Bytes = Uint8Array | readonly Uint8Array[];

/** The size of a body in bytes. */
export function byteLength(body: Bytes | undefined): number {
  if (body === undefined) return 0;
  if (body instanceof Uint8Array) return body.byteLength;
  let size = 0;
  for (const part of body) size += part.byteLength;
  return size;
}

/** Cuts and joins a body into pieces of about 256 KiB; small parts are copied, large ones are not. */
export function* piecesOf(body: Bytes): Generator<Uint8Array> {
  if (body instanceof Uint8Array) {
    yield* slices(body);
    return;
  }
  let gathered: Uint8Array[] = [];
  let size = 0;
  for (const part of body) {
    if (size > 0 && size + part.byteLength > pieceBytes) {
      yield joined(gathered);
      gathered = [];
      size = 0;
    }
    if (part.byteLength > pieceBytes) {
      yield* slices(part);
    } else {
      gathered.push(part);
      size += part.byteLength;
    }
  }
  if (size > 0) yield joined(gathered);
}

/**
 * Writes a whole body and ends the stream: at once where it is small, else piece by piece as the client reads; `took` is
 * told of each piece's size once the next one may follow.
 */
export function sendBytes(out: Writable, body: Bytes, took?: (size: number) => void): void {
  if (byteLength(body) <= pieceBytes) {
    out.end(body instanceof Uint8Array ? body : joined(body));
    return;
  }
  const pieces = piecesOf(body);
  let size = 0;
  const pump = (): void => {
    while (!out.destroyed) {
      took?.(size);
      const piece = pieces.next();
      if (piece.done === true) {
        out.end();
        return;
      }
      size = piece.value.byteLength;
      if (!out.write(piece.value)) {
        out.once('drain', pump);
        return;
      }
    }
  };
  pump();
}

function* slices(bytes: Uint8Array): Generator<Uint8Array> {
  for (let at = 0; at < bytes.byteLength; at += pieceBytes) yield bytes.subarray(at, at + pieceBytes);
}

function joined(parts: readonly Uint8Array[]): Uint8Array {
  const [first] = parts;
  return parts.length === 1 && first !== undefined ? first : Buffer.concat(parts);
}
