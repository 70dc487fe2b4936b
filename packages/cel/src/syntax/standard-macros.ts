import { Operator } from './ast.ts';
import type { Expr } from './ast.ts';
import type { FoldParts, MacroFactory } from './factory.ts';
import { variableOf } from './macro.ts';
import type { Macro, MacroError } from './macro.ts';

type Parts = Omit<FoldParts, 'range' | 'iterVar' | 'iterVar2' | 'macro'>;
type Body = (make: MacroFactory, args: readonly Expr[], variable: Expr) => Parts | undefined;

const notIdentifier = 'argument is not an identifier';
const notSimple = 'argument must be a simple name';

const all: Body = (make, [predicate]) =>
  predicate && {
    init: make.literal(true),
    condition: make.call(Operator.notStrictlyFalse, make.accu()),
    step: make.call(Operator.and, make.accu(), predicate),
    result: make.accu(),
  };

const exists: Body = (make, [predicate]) =>
  predicate && {
    init: make.literal(false),
    condition: make.call(Operator.notStrictlyFalse, make.call(Operator.not, make.accu())),
    step: make.call(Operator.or, make.accu(), predicate),
    result: make.accu(),
  };

const existsOne: Body = (make, [predicate]) =>
  predicate && {
    init: make.literal(0),
    condition: make.literal(true),
    step: make.call(
      Operator.conditional,
      predicate,
      make.call(Operator.add, make.accu(), make.literal(1)),
      make.accu(),
    ),
    result: make.call(Operator.equals, make.accu(), make.literal(1)),
  };

const map: Body = (make, args) => {
  const transform = args.at(-1);
  const filter = args.length === 2 ? args[0] : undefined;
  if (transform === undefined) return undefined;
  const init = make.list();
  const condition = make.literal(true);
  const step = make.call(Operator.add, make.accu(), make.list(transform));
  return { init, condition, step: filtered(make, step, filter), result: make.accu() };
};

const filter: Body = (make, [predicate], variable) => {
  if (predicate === undefined) return undefined;
  const init = make.list();
  const condition = make.literal(true);
  const step = make.call(Operator.add, make.accu(), make.list(variable));
  return { init, condition, step: filtered(make, step, predicate), result: make.accu() };
};

const transformMap: Body = (make, args, variable) => {
  const transform = args.at(-1);
  const predicate = args.length === 2 ? args[0] : undefined;
  if (transform === undefined || variable.kind !== 'ident') return undefined;
  const step = make.call('cel.@mapInsert', make.accu(), make.ident(variable.name), transform);
  return {
    init: make.map(),
    condition: make.literal(true),
    step: filtered(make, step, predicate),
    result: make.accu(),
  };
};

const transformMapEntry: Body = (make, args) => {
  const transform = args.at(-1);
  const predicate = args.length === 2 ? args[0] : undefined;
  if (transform === undefined) return undefined;
  const step = make.call('cel.@mapInsert', make.accu(), transform);
  return {
    init: make.map(),
    condition: make.literal(true),
    step: filtered(make, step, predicate),
    result: make.accu(),
  };
};

function filtered(make: MacroFactory, step: Expr, predicate: Expr | undefined): Expr {
  return predicate === undefined ? step : make.call(Operator.conditional, predicate, step, make.accu());
}

function oneVariable(name: string, arity: number, body: Body, refusal: string): Macro {
  return {
    name,
    arity,
    receiver: true,
    expand: (make, target, args) => {
      const [variable, ...rest] = args;
      const iterVar = variableOf(variable, refusal);
      if (typeof iterVar !== 'string') return iterVar;
      const parts = variable && body(make, rest, variable);
      return target && parts && make.fold({ range: target, iterVar, ...parts, macro: name });
    },
  };
}

function twoVariables(name: string, arity: number, body: Body): Macro {
  const expand = (
    make: MacroFactory,
    target: Expr | undefined,
    args: readonly Expr[],
  ): Expr | MacroError | undefined => {
    const [first, second, ...rest] = args;
    if (first?.kind !== 'ident') return { error: notSimple, offset: first?.offset ?? 0 };
    if (second?.kind !== 'ident') return { error: notSimple, offset: second?.offset ?? 0 };
    if (first.name === second.name) return { error: `duplicate variable name: ${first.name}`, offset: second.offset };
    for (const each of [first, second]) {
      const checked = variableOf(each, notSimple);
      if (typeof checked !== 'string') return checked;
    }
    const parts = body(make, rest, first);
    return (
      target && parts && make.fold({ range: target, iterVar: first.name, iterVar2: second.name, ...parts, macro: name })
    );
  };
  return { name, arity, receiver: true, expand };
}

/** has, all, exists, exists_one, existsOne, map, filter. */
export const standardMacros: readonly Macro[] = [
  {
    name: 'has',
    arity: 1,
    receiver: false,
    expand: (make, _target, [arg]) =>
      arg?.kind === 'select'
        ? make.test(arg.operand, arg.field)
        : { error: 'invalid argument to has() macro', offset: arg?.offset ?? 0 },
  },
  oneVariable('all', 2, all, notSimple),
  oneVariable('exists', 2, exists, notSimple),
  oneVariable('exists_one', 2, existsOne, notSimple),
  oneVariable('existsOne', 2, existsOne, notSimple),
  oneVariable('map', 2, map, notIdentifier),
  oneVariable('map', 3, map, notIdentifier),
  oneVariable('filter', 2, filter, notIdentifier),
];

/** all, exists, existsOne, transformList, transformMap and transformMapEntry with index or key and value. */
export const twoVariableMacros: readonly Macro[] = [
  twoVariables('all', 3, all),
  twoVariables('exists', 3, exists),
  twoVariables('exists_one', 3, existsOne),
  twoVariables('existsOne', 3, existsOne),
  ...[3, 4].flatMap((arity) => [
    twoVariables('transformList', arity, map),
    twoVariables('transformMap', arity, transformMap),
    twoVariables('transformMapEntry', arity, transformMapEntry),
  ]),
];

/** `cel.bind(name, value, expression)`. */
export const bindMacro: Macro = {
  name: 'bind',
  arity: 3,
  receiver: true,
  expand: (make, target, [variable, init, result]) => {
    if (target?.kind !== 'ident' || target.name !== 'cel') return undefined;
    if (variable?.kind !== 'ident') {
      return { error: 'cel.bind() variable names must be simple identifiers', offset: variable?.offset ?? 0 };
    }
    return init && result && bind(make, { name: variable.name, init, result, macro: 'bind' });
  },
};

/** What a variable stands for while one expression is computed. */
interface Binding {
  readonly name: string;
  readonly init: Expr;
  readonly result: Expr;
  readonly macro: string;
}

/** A loop over nothing whose result sees the variable. */
export function bind(make: MacroFactory, { name, init, result, macro }: Binding): Expr {
  const range = make.list();
  const condition = make.literal(false);
  return make.fold({
    range,
    iterVar: '#unused',
    accuVar: name,
    init,
    condition,
    step: make.ident(name),
    result,
    macro,
  });
}

function optionalMap(name: string, wrap: boolean): Macro {
  return {
    name,
    arity: 2,
    receiver: true,
    expand: (make, target, [variable, body]) => {
      if (variable?.kind !== 'ident') {
        return { error: `${name}() variable name must be a simple identifier`, offset: variable?.offset ?? 0 };
      }
      if (target === undefined || body === undefined) return undefined;
      const value = make.method('value', target);
      const bound = bind(make, { name: variable.name, init: value, result: body, macro: name });
      const some = wrap ? make.call('optional.of', bound) : bound;
      return make.call(Operator.conditional, make.method('hasValue', target), some, make.call('optional.none'));
    },
  };
}

/** optMap and optFlatMap. */
export const optionalMacros: readonly Macro[] = [optionalMap('optMap', true), optionalMap('optFlatMap', false)];
