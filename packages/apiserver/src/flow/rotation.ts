/** Something that is waited in, in some order. */
export interface Line<T> {
  /** What comes next of what may come; undefined where nothing may. */
  head(): T | undefined;
  /** Takes out what `head` just told. */
  take(item: T): void;
  /** How much waits. */
  readonly size: number;
}

/** What costs something. */
export interface Costly {
  readonly cost: number;
}

interface Member<L> {
  readonly line: L;
  credit: number;
}

/**
 * Lines that take turns (deficit round robin, Shreedhar and Varghese 1995): at its turn a line is given the same credit as all
 * others, and what it takes out is paid with it. A line is known only while something waits in it; who comes anew comes last,
 * and waits no longer than for one round. Nothing is measured and no time is kept, so what comes out depends on what went in only.
 */
export class Rotation<T extends Costly, L extends Line<T>> implements Line<T> {
  readonly #quantum: number;
  readonly #isHeld: (name: string) => boolean;
  /** In the order of their turns. */
  readonly #members = new Map<string, Member<L>>();
  #size = 0;
  #due: { readonly name: string; readonly member: Member<L> } | undefined;

  /** `quantum` is the credit of a turn; a line that `isHeld` is passed over and keeps what credit it has. */
  constructor(quantum: number, isHeld: (name: string) => boolean) {
    this.#quantum = quantum;
    this.#isHeld = isHeld;
  }

  get size(): number {
    return this.#size;
  }

  /** How many lines wait. */
  get lines(): number {
    return this.#members.size;
  }

  lineOf(name: string): L | undefined {
    return this.#members.get(name)?.line;
  }

  /** The line of a name, made where there is none; something must be put in at once, and counted with `added`. */
  open(name: string, make: () => L): L {
    const known = this.#members.get(name);
    if (known) return known.line;
    const line = make();
    this.#members.set(name, { line, credit: this.#quantum });
    return line;
  }

  added(): void {
    this.#size += 1;
  }

  /** Something went out of a line by another way than `take`. */
  removed(name: string): void {
    this.#size -= 1;
    this.#forgetEmpty(name);
  }

  head(): T | undefined {
    for (;;) {
      let rounds = Infinity;
      let left = this.#members.size;
      // who is put at the end comes again in the iteration: `left` ends the round
      for (const [name, member] of this.#members) {
        if (left === 0) break;
        left -= 1;
        const item = this.#isHeld(name) ? undefined : member.line.head();
        if (item === undefined) continue;
        if (item.cost <= member.credit) {
          this.#due = { name, member };
          return item;
        }
        rounds = Math.min(rounds, Math.ceil((item.cost - member.credit) / this.#quantum));
        member.credit += this.#quantum;
        this.#toTheEnd(name, member);
      }
      if (rounds === Infinity) return undefined;
      this.#skip(rounds - 1);
    }
  }

  take(item: T): void {
    if (this.#due === undefined) throw new Error('nothing was asked for');
    const { name, member } = this.#due;
    this.#due = undefined;
    member.credit -= item.cost;
    member.line.take(item);
    this.#size -= 1;
    this.#forgetEmpty(name);
  }

  /** Rounds in which nobody could have paid, all at once. */
  #skip(rounds: number): void {
    if (rounds <= 0) return;
    for (const [name, member] of this.#members) {
      if (!this.#isHeld(name) && member.line.head() !== undefined) member.credit += this.#quantum * rounds;
    }
  }

  #toTheEnd(name: string, member: Member<L>): void {
    this.#members.delete(name);
    this.#members.set(name, member);
  }

  #forgetEmpty(name: string): void {
    if (this.#members.get(name)?.line.size === 0) this.#members.delete(name);
  }
}
