/**
 * What an evaluation throws and logical operators may absorb. It has no stack on purpose: tenants' rules fail often, and
 * capturing one costs more than the rule.
 */
export class Fault {
  readonly message: string;

  constructor(message: string) {
    this.message = message;
  }
}

/** The budget is used up; nothing absorbs this. */
export class BudgetExceeded {
  readonly message: string;

  constructor(message = 'operation cancelled: actual cost limit exceeded') {
    this.message = message;
  }
}

/** `no such overload`. */
export function noSuchOverload(): Fault {
  return new Fault('no such overload');
}
