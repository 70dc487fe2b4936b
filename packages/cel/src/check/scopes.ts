import type { CelType } from '../values/type.ts';

/** The variables of the loops around a node, innermost last. */
export class Scopes {
  readonly #scopes: ReadonlyMap<string, CelType>[] = [];

  push(variables: ReadonlyMap<string, CelType>): void {
    this.#scopes.push(variables);
  }

  pop(): void {
    this.#scopes.pop();
  }

  find(name: string): CelType | undefined {
    for (let i = this.#scopes.length - 1; i >= 0; i -= 1) {
      const type = this.#scopes[i]?.get(name);
      if (type !== undefined) return type;
    }
    return undefined;
  }
}
