import { BoundedCache } from '../../bounded-cache.ts';

/** A document as it is sent. */
export interface Sheet {
  readonly pieces: readonly Uint8Array[];
  readonly length: number;
  /** SHA-512, upper-case hexadecimal: the hash of URLs and Etags. */
  readonly hash: string;
}

/** What a sheet takes beside its bytes. */
const SHEET_BYTES = 512;

/**
 * Sheets by what they are made of; what falls out is written anew when it is asked for. Of the bound in bytes no logical cluster
 * takes more than a quarter: one that changes its definitions all the time drives out its own documents.
 */
export class KeptSheets {
  readonly #kept: BoundedCache<Sheet>;
  readonly #making = new Map<string, Promise<Sheet>>();

  constructor(maxBytes: number) {
    this.#kept = new BoundedCache(maxBytes);
  }

  /** What is kept, else what `make` gives, which is asked once however many ask for it meanwhile. `owner` is in whose share it goes. */
  async keep(key: string, owner: string, make: () => Promise<Sheet>): Promise<Sheet> {
    const known = this.#kept.get(key);
    if (known) return known;
    const begun = this.#making.get(key);
    if (begun !== undefined) return begun;
    const making = make().finally(() => this.#making.delete(key));
    this.#making.set(key, making);
    const sheet = await making;
    this.#kept.set(key, sheet, { owner, bytes: sheet.length + SHEET_BYTES });
    return sheet;
  }
}
