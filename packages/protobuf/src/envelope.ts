import { encodeMessage } from './encode.ts';
import { message } from './message.ts';
import { decodeMessage } from './codec.ts';
import { WireReader } from './wire-reader.ts';
import { WireError } from './wire-type.ts';
import { WireWriter } from './wire-writer.ts';

/** What every object begins with (k8s.io/apimachinery serializer/protobuf). */
const MAGIC = Buffer.from('k8s\0');

/** What an envelope says of its object. */
export interface TypeMeta {
  readonly apiVersion: string;
  readonly kind: string;
}

/** An object in its envelope. */
export interface Enveloped extends TypeMeta {
  /** The object's message. */
  readonly raw: Buffer;
}

const TypeMetaMessage = message('TypeMeta', () => ({ apiVersion: [1, 'string'], kind: [2, 'string'] }));

/** runtime.Unknown's numbers; contentEncoding (3) and contentType (4) are always empty. */
const TYPE_META = 1;
const RAW = 2;
const TAIL = Buffer.from([0x1a, 0, 0x22, 0]);

/** Takes an object out of its envelope; kind and apiVersion may be empty. Throws WireError. */
export function openEnvelope(bytes: Buffer): Enveloped {
  if (bytes.length === 0) throw new WireError('empty data');
  if (!bytes.subarray(0, MAGIC.length).equals(MAGIC)) {
    throw new WireError('provided data does not appear to be a protobuf message, expected prefix [107 56 115 0]');
  }
  if (bytes.length === MAGIC.length) throw new WireError('empty body');
  const reader = new WireReader(bytes.subarray(MAGIC.length));
  let [typeMeta, raw]: Buffer[] = [];
  while (!reader.done) {
    const tag = reader.tag('Unknown');
    if (tag === TYPE_META * 8 + 2) typeMeta = reader.raw();
    else if (tag === RAW * 8 + 2) raw = reader.raw();
    else reader.skip(tag & 7);
  }
  const { apiVersion, kind } = decodeMessage(TypeMetaMessage, typeMeta ?? Buffer.alloc(0));
  return {
    apiVersion: typeof apiVersion === 'string' ? apiVersion : '',
    kind: typeof kind === 'string' ? kind : '',
    raw: raw ?? Buffer.alloc(0),
  };
}

/** Puts an object's message, which may come in pieces, into an envelope. */
export function envelope({ apiVersion, kind }: TypeMeta, pieces: readonly Buffer[]): readonly Buffer[] {
  const writer = new WireWriter();
  let size = 0;
  for (const piece of pieces) size += piece.length;
  writer.unsigned(size);
  writer.tag(RAW, 2);
  const before = writer.size;
  writer.raw(encodeMessage(TypeMetaMessage, { apiVersion, kind }));
  writer.head(TYPE_META, before);
  writer.raw(MAGIC);
  return [writer.finish(), ...pieces, TAIL];
}
