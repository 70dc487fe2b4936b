/** The most that all policies of one kind may cost together for one request: five times what one call of a policy may. */
export const REQUEST_BUDGET = 50_000_000;

/** So many milliseconds expressions run before others have their turn. */
const TURN = 5;

/** The budget is used up: nothing of the policy runs any more. The text is the original's. */
export class OutOfBudget extends Error {
  constructor() {
    super('validation failed due to running out of cost budget, no further validation rules will be run');
  }
}

/**
 * What expressions have cost one request, over all policies. A logical cluster may have any number of policies, each with a
 * budget of its own: without a bound over all of them, and without turns, they would hold up everybody else's requests.
 */
export class Effort {
  readonly #now: () => number;
  #left: number;
  #since: number;

  constructor(budget: number = REQUEST_BUDGET, now: () => number = () => performance.now()) {
    this.#left = budget;
    this.#now = now;
    this.#since = now();
  }

  /** Pays for an expression that was computed. Throws OutOfBudget where it was too much. */
  pay(cost: number): void {
    if (cost > this.#left) throw new OutOfBudget();
    this.#left -= cost;
  }

  /** Lets others have their turn where this one has lasted long enough; undefined where it has not. */
  rest(): Promise<void> | undefined {
    if (this.#now() - this.#since < TURN) return undefined;
    return new Promise((resolve) => {
      setImmediate(() => {
        this.#since = this.#now();
        resolve();
      });
    });
  }
}
