import { ApiError } from '@kcp/api-machinery';
import type { CustomResourceDefinition } from '../definition/custom-resource-definition.ts';

/** Reads a definition as it was when its identity was taken; undefined where that is no longer to be had. */
export type ReadDefinition = () => CustomResourceDefinition | undefined;

/** How many logical clusters with an equal definition are remembered: any of them will do, as long as one still has it. */
const REMEMBERED = 8;

/**
 * Where the JSON of a served definition is read again, when one of its schemas is to be compiled or published: in the logical
 * clusters that asked for it last. What is served holds no JSON: a thousand definitions cost little until they are used.
 */
export class DefinitionSources {
  readonly #readers = new Map<string, ReadDefinition>();
  #newest: string | undefined;

  /** Who asked for it last; undefined where nobody did. */
  get newest(): string | undefined {
    return this.#newest;
  }

  /** Notes that a logical cluster has this definition. Called for every request: cheap where it is the same one again. */
  offer(owner: string, read: ReadDefinition): void {
    if (owner !== this.#newest) {
      this.#readers.delete(owner);
      const [oldest] = this.#readers.keys();
      if (oldest !== undefined && this.#readers.size >= REMEMBERED) this.#readers.delete(oldest);
      this.#newest = owner;
    }
    this.#readers.set(owner, read);
  }

  /** Throws ApiError ServiceUnavailable where no logical cluster has it any longer: whoever asks anew finds what is there now. */
  read(): CustomResourceDefinition {
    for (const read of [...this.#readers.values()].reverse()) {
      const definition = read();
      if (definition !== undefined) return definition;
    }
    throw new ApiError('ServiceUnavailable', 'the definition of this resource has just changed', {
      details: { retryAfterSeconds: 1 },
    });
  }
}
