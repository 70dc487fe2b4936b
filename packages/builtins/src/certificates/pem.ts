/** The blocks of a PEM text: label and DER. */
export interface PemBlock {
  readonly label: string;
  readonly der: Buffer;
}

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----\s+([A-Za-z0-9+/=\s]+?)\s*-----END \1-----/g;

/** Reads the blocks of a text; anything between them is ignored. */
export function pemBlocks(text: string): readonly PemBlock[] {
  return [...text.matchAll(BLOCK)].map(([, label = '', body = '']) => ({ label, der: Buffer.from(body, 'base64') }));
}

/** True for bytes that are one ASN.1 sequence and nothing else: what certificates and requests for them begin as. */
export function isSequence(der: Buffer): boolean {
  const first = der[1];
  if (der[0] !== 0x30 || first === undefined) return false;
  if (first < 0x80) return der.length === 2 + first;
  const size = first & 0x7f;
  if (size === 0 || size > 4 || der.length < 2 + size) return false;
  return der.length === 2 + size + der.readUIntBE(2, size);
}
