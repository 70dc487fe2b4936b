/** How a field's bytes are told apart on the wire (protobuf encoding, wire types). */
export const wireTypes = {
  varint: 0,
  fixed64: 1,
  bytes: 2,
  startGroup: 3,
  endGroup: 4,
  fixed32: 5,
} as const;

/** Thrown for bytes that are no message of the expected type; the words are those of Go's decoder. */
export class WireError extends Error {
  override readonly name = 'WireError';
}
