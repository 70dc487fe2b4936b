import type { JsonObject } from '@kcp/api-machinery';
import { encodeMessage } from './encode.ts';
import { ListMeta } from './meta.ts';
import { WireWriter } from './wire-writer.ts';

const METADATA = 1;
const ITEMS = 2;

/** The beginning of a list's message: its metadata. */
export function listHead(metadata: JsonObject): Buffer {
  return delimited(METADATA, encodeMessage(ListMeta, metadata));
}

/** An item's message as a list holds it. */
export function listItem(item: Buffer): Buffer {
  return delimited(ITEMS, item);
}

function delimited(field: number, content: Buffer): Buffer {
  const writer = new WireWriter();
  writer.raw(content);
  writer.head(field, 0);
  return writer.finish();
}
