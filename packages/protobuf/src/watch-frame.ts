import { WireWriter } from './wire-writer.ts';

const TYPE = 1;
const OBJECT = 2;
const RAW = 1;
const LENGTH_BYTES = 4;

/**
 * An event of a watch: its length in four bytes, the greatest first, then metav1.WatchEvent with an object in its envelope
 * (k8s.io/apimachinery framer.NewLengthDelimitedFrameWriter).
 */
export function watchFrame(type: string, object: readonly Buffer[]): Buffer {
  const writer = new WireWriter();
  for (let at = object.length - 1; at >= 0; at -= 1) writer.raw(object[at] ?? Buffer.alloc(0));
  writer.head(RAW, 0);
  writer.head(OBJECT, 0);
  const before = writer.size;
  writer.text(type);
  writer.head(TYPE, before);
  const length = Buffer.allocUnsafe(LENGTH_BYTES);
  length.writeUInt32BE(writer.size);
  writer.raw(length);
  return writer.finish();
}
