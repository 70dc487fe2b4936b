import { bornObjects } from './born-objects.ts';
import { usualObjects } from './usual-objects.ts';

/** What rows are packed with in new stores: the text of objects as most stored ones are. Another text than before is used by new stores alone. */
export function rowSamples(): Uint8Array {
  return Buffer.from([...usualObjects, ...bornObjects].map((object) => JSON.stringify(object)).join('\n'));
}
