import type { Value } from '../values/value.ts';
import { accumulator } from './ast.ts';
import type {
  CallExpr,
  Expr,
  FieldInit,
  FoldExpr,
  IdentExpr,
  ListExpr,
  LiteralExpr,
  MapEntry,
  MapExpr,
} from './ast.ts';
import type { SelectExpr, StructExpr } from './ast.ts';

/** Makes nodes and numbers them. */
export class ExprFactory {
  #id = 0;

  nextId(): number {
    this.#id += 1;
    return this.#id;
  }

  literal(offset: number, value: Value): LiteralExpr {
    return { kind: 'literal', id: this.nextId(), offset, value };
  }

  ident(offset: number, name: string): IdentExpr {
    return { kind: 'ident', id: this.nextId(), offset, name };
  }

  select(offset: number, operand: Expr, field: string): SelectExpr {
    return { kind: 'select', id: this.nextId(), offset, operand, field, testOnly: false };
  }

  call(offset: number, fn: string, args: readonly Expr[], target?: Expr): CallExpr {
    return { kind: 'call', id: this.nextId(), offset, fn, target, args };
  }

  list(offset: number, elements: readonly Expr[], optionals: readonly number[]): ListExpr {
    return { kind: 'list', id: this.nextId(), offset, elements, optionals };
  }

  map(offset: number, entries: readonly MapEntry[]): MapExpr {
    return { kind: 'map', id: this.nextId(), offset, entries };
  }

  struct(offset: number, typeName: string, fields: readonly FieldInit[]): StructExpr {
    return { kind: 'struct', id: this.nextId(), offset, typeName, fields };
  }

  /** A factory for what a macro at this place writes. */
  at(offset: number): MacroFactory {
    return new MacroFactory(this, offset);
  }
}

/** The parts of a loop. */
export type FoldParts = Omit<FoldExpr, 'kind' | 'id' | 'offset' | 'accuVar' | 'iterVar2'> & {
  readonly iterVar2?: string;
  readonly accuVar?: string;
};

/** Makes the nodes of a macro's expansion, all of them shown at the place of its call. */
export class MacroFactory {
  readonly #make: ExprFactory;
  readonly #offset: number;

  constructor(make: ExprFactory, offset: number) {
    this.#make = make;
    this.#offset = offset;
  }

  literal(value: Value): Expr {
    return this.#make.literal(this.#offset, value);
  }

  ident(name: string): Expr {
    return this.#make.ident(this.#offset, name);
  }

  accu(): Expr {
    return this.ident(accumulator);
  }

  call(fn: string, ...args: readonly Expr[]): Expr {
    return this.#make.call(this.#offset, fn, args);
  }

  method(fn: string, target: Expr, ...args: readonly Expr[]): Expr {
    return this.#make.call(this.#offset, fn, args, target);
  }

  list(...elements: readonly Expr[]): Expr {
    return this.#make.list(this.#offset, elements, []);
  }

  map(): Expr {
    return this.#make.map(this.#offset, []);
  }

  test(operand: Expr, field: string): Expr {
    return { kind: 'select', id: this.#make.nextId(), offset: this.#offset, operand, field, testOnly: true };
  }

  fold({ iterVar2, accuVar = accumulator, ...parts }: FoldParts): FoldExpr {
    return { kind: 'fold', id: this.#make.nextId(), offset: this.#offset, accuVar, iterVar2, ...parts };
  }
}
