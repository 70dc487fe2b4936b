import type { FieldError } from '@kcp/api-machinery';

/** What a walk over an object does. */
export interface DecodeSteps {
  /** Drop members that the schema does not name. */
  readonly prune: boolean;
  /** Drop nulls that are neither allowed nor replaced by a default. */
  readonly dropNulls: boolean;
  /** Look at type meta and metadata of embedded resources: refuse, or drop, what is of a wrong type. */
  readonly coerce: 'refuse' | 'drop' | 'leave';
  /** Fill in defaults. */
  readonly defaults: boolean;
}

/** A request's body: everything, and what is wrong is told. */
export const DECODE_REQUEST: DecodeSteps = { prune: true, dropNulls: true, coerce: 'refuse', defaults: true };
/** What an apply made of an object: nulls are somebody's wish, and refused later where the schema allows none. */
export const DECODE_APPLIED: DecodeSteps = { prune: true, dropNulls: false, coerce: 'refuse', defaults: true };
/** What comes from storage: everything, and what is wrong is dropped. */
export const DECODE_STORED: DecodeSteps = { prune: true, dropNulls: true, coerce: 'drop', defaults: true };
/** Defaults alone. */
export const DEFAULT_ONLY: DecodeSteps = { prune: false, dropNulls: false, coerce: 'leave', defaults: true };
/** Pruning alone. */
export const PRUNE_ONLY: DecodeSteps = { prune: true, dropNulls: false, coerce: 'leave', defaults: false };
/** Coercion of embedded resources alone. */
export const COERCE_ONLY: DecodeSteps = { prune: false, dropNulls: false, coerce: 'refuse', defaults: false };
/** What is left to do inside type meta and metadata of an embedded resource. */
const UNPRUNED: DecodeSteps = { prune: false, dropNulls: true, coerce: 'leave', defaults: true };

/** One walk over an object: what is to be done, where it stands, what it came across. */
export class DecodeRun {
  #steps: DecodeSteps;
  /** Paths of members that were dropped. */
  readonly pruned: string[] = [];
  /** Paths of unknown members in the metadata of embedded resources. */
  readonly unknownMetadata: string[] = [];
  readonly errors: FieldError[] = [];
  readonly #path: (string | number)[] = [];
  readonly #extra: boolean[] = [];
  #depth = 0;

  constructor(steps: DecodeSteps) {
    this.#steps = steps;
  }

  /** What is done where the walk stands. */
  get steps(): DecodeSteps {
    return this.#steps;
  }

  /** Does something with metadata, in which nothing is pruned. */
  inMetadata<T>(walk: () => T): T {
    const outer = this.#steps;
    if (outer.prune) this.#steps = UNPRUNED;
    const done = walk();
    this.#steps = outer;
    return done;
  }

  /** A walk of its own over a default, of which nothing is told. In metadata nothing is pruned there either. */
  forDefault(): DecodeRun {
    return new DecodeRun(this.#steps === UNPRUNED ? UNPRUNED : DECODE_STORED);
  }

  /** Goes down to a member or an item; `extra` for members that additionalProperties describes. */
  enter(step: string | number, extra: boolean): void {
    this.#path[this.#depth] = step;
    this.#extra[this.#depth] = extra;
    this.#depth++;
  }

  /** Goes up again. */
  leave(): void {
    this.#depth--;
  }

  /** How deep the walk stands. */
  get depth(): number {
    return this.#depth;
  }

  /** The path of a member of the value at hand as field validation names it: `spec.map.key.x`. */
  memberPath(name: string): string {
    let path = '';
    for (let at = 0; at < this.#depth; at++) {
      const step = this.#path[at];
      path += typeof step === 'number' ? `[${step}]` : `${path === '' ? '' : '.'}${step}`;
    }
    return path === '' ? name : `${path}.${name}`;
  }

  /** The path of a member of the value at hand as field errors name it: `spec.map[key].x`. */
  fieldPath(name: string): string {
    let path = '';
    for (let at = 0; at < this.#depth; at++) {
      const step = this.#path[at];
      if (typeof step === 'number' || this.#extra[at]) path += `[${step}]`;
      else path += `${path === '' ? '' : '.'}${step}`;
    }
    return path === '' ? name : `${path}.${name}`;
  }
}
