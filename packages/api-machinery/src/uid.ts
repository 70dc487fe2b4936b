/** A version 4 UUID of 16 random bytes, as metadata.uid has it. The bytes are not changed. */
export function uidFrom(bytes: Uint8Array): string {
  let hex = '';
  for (let at = 0; at < 16; at += 1) {
    const byte = bytes[at] ?? 0;
    const marked = at === 6 ? (byte & 0x0f) | 0x40 : at === 8 ? (byte & 0x3f) | 0x80 : byte;
    hex += (marked < 16 ? '0' : '') + marked.toString(16);
  }
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-${hex.slice(12, 16)}-${hex.slice(16, 20)}-${hex.slice(20)}`;
}
