import type { Implementation, Overload } from '../check/declaration.ts';
import { noSuchOverload } from '../values/fault.ts';
import type { CelType } from '../values/type.ts';
import { typeOf } from '../values/value.ts';
import type { Value } from '../values/value.ts';

/** What runs when a call is reached: the overload whose arguments fit. */
export type Dispatch = (args: readonly Value[]) => { readonly run: Implementation; readonly id: string };

/** Chooses among overloads by the arguments' run-time types; a single one checks its own arguments. */
export function dispatchOf(overloads: readonly Overload[]): Dispatch {
  const runnable = overloads.flatMap(({ id, args, run }) => (run === undefined ? [] : [{ id, args, run }]));
  const [only] = runnable;
  if (only !== undefined && runnable.length === 1) {
    return (args) => {
      if (args.length !== only.args.length) throw noSuchOverload();
      return only;
    };
  }
  return (args) => {
    const found = runnable.find((overload) => fits(overload.args, args));
    if (found === undefined) throw noSuchOverload();
    return found;
  };
}

function fits(wanted: readonly CelType[], args: readonly Value[]): boolean {
  return wanted.length === args.length && wanted.every((type, i) => accepts(type, args[i] ?? null));
}

function accepts(type: CelType, value: Value): boolean {
  if (type.kind === 'dyn' || type.kind === 'param' || type.kind === 'any') return true;
  const found = typeOf(value);
  return found.kind === type.kind && (type.kind !== 'opaque' || found.name === type.name);
}
