import { declare } from '../check/declaration.ts';
import type { Library } from '../check/declaration.ts';
import type { Expr } from '../syntax/ast.ts';
import type { Macro } from '../syntax/macro.ts';
import { bind } from '../syntax/standard-macros.ts';

function isCel(target: Expr | undefined): boolean {
  return target?.kind === 'ident' && target.name === 'cel';
}

function named(name: string, write: (args: readonly number[]) => string, arity: number): Macro {
  return {
    name,
    arity,
    receiver: true,
    expand: (make, target, args) => {
      if (!isCel(target)) return undefined;
      return make.ident(write(args.map((arg) => (arg.kind === 'literal' ? Number(arg.value) : -1))));
    },
  };
}

/** The suite's own notation for shared sub-expressions: `cel.block`, `cel.index`, `cel.iterVar`, `cel.accuVar`. */
export const blockLibrary: Library = {
  name: 'block',
  functions: [declare('cel.@none', ['cel_none', '() -> dyn'])],
  macros: [
    named('index', ([i]) => `@index${i}`, 1),
    named('iterVar', ([i, j]) => `@it:${i}:${j}`, 2),
    named('accuVar', ([i, j]) => `@ac:${i}:${j}`, 2),
    {
      name: 'block',
      arity: 2,
      receiver: true,
      expand: (make, target, [list, result]) => {
        if (!isCel(target) || list?.kind !== 'list' || result === undefined) return undefined;
        return list.elements.reduceRight((body, init, i) => {
          return bind(make, { name: `@index${i}`, init, result: body, macro: 'block' });
        }, result);
      },
    },
  ],
};
