import { Operator } from './ast.ts';
import type { Expr, FieldInit, MapEntry } from './ast.ts';
import { constantOf } from './constant.ts';
import { ExprFactory } from './factory.ts';
import type { Issue } from './issue.ts';
import { tokenize } from './lexer.ts';
import type { Token, TokenKind } from './lexer.ts';
import { findMacro } from './macro.ts';
import type { Macros } from './macro.ts';
import { Source } from './source.ts';
import { maxDepth, SyntaxStop, TokenCursor } from './token-cursor.ts';

/** The longest expression (cel-go's parser, which Kubernetes leaves as it is). */
const maxCodePoints = 100_000;

const reserved: ReadonlySet<string> = new Set([
  'as', 'break', 'const', 'continue', 'else', 'false', 'for', 'function', 'if', 'import', 'in', 'let', 'loop', 'package',
  'namespace', 'null', 'return', 'true', 'var', 'void', 'while',
]); // prettier-ignore

const primaries =
  "{'[', '{', '(', '.', '-', '!', 'true', 'false', 'null', NUM_FLOAT, NUM_INT, NUM_UINT, STRING, BYTES, IDENTIFIER}";
const relations: Partial<Record<TokenKind, string>> = {
  '<': Operator.less,
  '<=': Operator.lessEquals,
  '>': Operator.greater,
  '>=': Operator.greaterEquals,
  '==': Operator.equals,
  '!=': Operator.notEquals,
  in: Operator.in,
};
const sums: Partial<Record<TokenKind, string>> = { '+': Operator.add, '-': Operator.subtract };
const products: Partial<Record<TokenKind, string>> = {
  '*': Operator.multiply,
  '/': Operator.divide,
  '%': Operator.modulo,
};

/** What a language level offers beyond the core syntax. */
export interface SyntaxOptions {
  readonly macros: Macros;
  /** `a.?b`, `a[?b]`, `[?a]`, `{?a: b}`. */
  readonly optionalSyntax: boolean;
  /** Fields between back quotes. */
  readonly escapedIdentifiers: boolean;
}

/** What parsing yields: a tree only where there are no issues. */
export interface Parsed {
  readonly source: Source;
  readonly expr: Expr | undefined;
  readonly issues: readonly Issue[];
}

/** Parses an expression. Errors have cel-go's words; after a syntax error the rest is not looked at. */
export function parse(text: string, options: SyntaxOptions): Parsed {
  const source = new Source(text);
  const issues: Issue[] = [];
  if (source.points.length > maxCodePoints) {
    const message = `expression code point size exceeds limit: size: ${source.points.length}, limit ${maxCodePoints}`;
    return { source, expr: undefined, issues: [{ message, offset: -1 }] };
  }
  const parser = new Parser(new TokenCursor(tokenize(source, issues), issues), options);
  const expr = parser.whole();
  return { source, expr: issues.length === 0 ? expr : undefined, issues };
}

class Parser {
  readonly #cursor: TokenCursor;
  readonly #options: SyntaxOptions;
  readonly #make = new ExprFactory();
  #depth = 0;

  constructor(cursor: TokenCursor, options: SyntaxOptions) {
    this.#cursor = cursor;
    this.#options = options;
  }

  whole(): Expr | undefined {
    try {
      const expr = this.#expr();
      if (this.#cursor.peek().kind === 'end') return expr;
      const { kind, text } = this.#cursor.peek();
      return this.#cursor.stop(`${kind === 'ident' ? 'extraneous' : 'mismatched'} input '${text}' expecting <EOF>`);
    } catch (error) {
      if (error instanceof SyntaxStop) return undefined;
      throw error;
    }
  }

  #expr(): Expr {
    this.#deeper(1);
    const condition = this.#or();
    const op = this.#cursor.accept('?');
    if (op === undefined) {
      this.#depth -= 1;
      return condition;
    }
    const yes = this.#or();
    this.#cursor.expect(':');
    const no = this.#expr();
    this.#depth -= 1;
    return this.#make.call(op.offset, Operator.conditional, [condition, yes, no]);
  }

  #or(): Expr {
    return this.#logical('||', Operator.or, () => this.#logical('&&', Operator.and, () => this.#relation()));
  }

  /** Chains of one logical operator become a balanced tree, as cel-go builds it. */
  #logical(kind: TokenKind, fn: string, next: () => Expr): Expr {
    const terms = [next()];
    const ops: number[] = [];
    for (let op = this.#cursor.accept(kind); op !== undefined; op = this.#cursor.accept(kind)) {
      terms.push(next());
      ops.push(op.offset);
    }
    return this.#balance(fn, terms, ops);
  }

  #balance(fn: string, terms: readonly Expr[], ops: readonly number[]): Expr {
    const [only] = terms;
    if (terms.length === 1 && only !== undefined) return only;
    const mid = Math.floor(ops.length / 2);
    const left = this.#balance(fn, terms.slice(0, mid + 1), ops.slice(0, mid));
    const right = this.#balance(fn, terms.slice(mid + 1), ops.slice(mid + 1));
    return this.#make.call(ops[mid] ?? 0, fn, [left, right]);
  }

  #relation(): Expr {
    return this.#chain(relations, () => this.#sum());
  }

  #sum(): Expr {
    return this.#chain(sums, () => this.#chain(products, () => this.#unary()));
  }

  #chain(operators: Partial<Record<TokenKind, string>>, next: () => Expr): Expr {
    let left = next();
    let length = 0;
    for (let fn = operators[this.#cursor.peek().kind]; fn !== undefined; fn = operators[this.#cursor.peek().kind]) {
      length += 1;
      if (length >= maxDepth) this.#cursor.tooDeep();
      const op = this.#cursor.take();
      left = this.#make.call(op.offset, fn, [left, next()]);
    }
    return left;
  }

  #unary(): Expr {
    const first = this.#cursor.peek();
    if (first.kind === '-' && !this.#isSign()) return this.#prefixed('-', Operator.negate);
    if (first.kind === '!') return this.#prefixed('!', Operator.not);
    return this.#member();
  }

  #prefixed(kind: TokenKind, fn: string): Expr {
    const first = this.#cursor.take();
    let count = 1;
    while (this.#cursor.accept(kind) !== undefined) count += 1;
    const operand = this.#member();
    return count % 2 === 0 ? operand : this.#make.call(first.offset, fn, [operand]);
  }

  #isSign(): boolean {
    const next = this.#cursor.peek(1).kind;
    return next === 'int' || next === 'float';
  }

  #member(): Expr {
    let expr = this.#primary();
    for (let length = 0; ; length += 1) {
      if (length >= maxDepth) this.#cursor.tooDeep();
      const dot = this.#cursor.accept('.');
      if (dot !== undefined) {
        expr = this.#afterDot(expr, dot);
        continue;
      }
      const bracket = this.#cursor.accept('[');
      if (bracket === undefined) return expr;
      const optional = this.#optionalMark("unsupported syntax '[?'", bracket);
      const index = this.#expr();
      this.#cursor.expect(']');
      expr = this.#make.call(bracket.offset, optional ? Operator.optionalIndex : Operator.index, [expr, index]);
    }
  }

  #afterDot(operand: Expr, dot: Token): Expr {
    const optional = this.#optionalMark("unsupported syntax '.?'", dot);
    const name = this.#fieldName();
    if (!optional && name.kind === 'ident') {
      const open = this.#cursor.accept('(');
      if (open !== undefined) return this.#callOrMacro(open, name.text, operand);
    }
    const field = this.#unquoteField(name);
    if (!optional) return this.#make.select(dot.offset, operand, field);
    return this.#make.call(dot.offset, Operator.optionalSelect, [operand, this.#make.literal(name.offset, field)]);
  }

  #fieldName(): Token {
    const token = this.#cursor.peek();
    if (token.kind === 'ident' || token.kind === 'escaped') return this.#cursor.take();
    if (['true', 'false', 'null', 'in'].includes(token.kind)) {
      return this.#cursor.stop(`mismatched input '${token.text}' expecting IDENTIFIER`);
    }
    return this.#cursor.stop(`no viable alternative at input '.${token.text}'`);
  }

  #unquoteField(name: Token): string {
    if (name.kind !== 'escaped') return name.text;
    if (!this.#options.escapedIdentifiers) this.#cursor.report("unsupported syntax: '`'", name.offset);
    return name.text.slice(1, -1);
  }

  #optionalMark(refusal: string, at: Token): boolean {
    if (this.#cursor.accept('?') === undefined) return false;
    if (!this.#options.optionalSyntax) this.#cursor.report(refusal, at.offset);
    return true;
  }

  #primary(): Expr {
    const { kind } = this.#cursor.peek();
    if (kind === '[') return this.#list();
    if (kind === '{') return this.#map();
    if (kind === '.' || kind === 'ident') return this.#name();
    if (kind !== '(') return this.#literal();
    this.#cursor.take();
    const inner = this.#expr();
    this.#cursor.expect(')');
    return inner;
  }

  #name(): Expr {
    const dot = this.#cursor.accept('.');
    const first = this.#cursor.expect('ident', dot === undefined ? undefined : 'IDENTIFIER');
    const lead = dot === undefined ? '' : '.';
    const open = this.#cursor.accept('(');
    if (open !== undefined) {
      if (reserved.has(first.text)) this.#cursor.report(`reserved identifier: ${first.text}`, (dot ?? first).offset);
      return this.#callOrMacro(open, lead + first.text, undefined);
    }
    const length = this.#messageLength();
    if (length !== undefined) {
      const names = [first.text];
      for (let i = 0; i < length; i += 2) {
        this.#cursor.take();
        names.push(this.#cursor.take().text);
      }
      return this.#struct(lead + names.join('.'));
    }
    if (reserved.has(first.text)) this.#cursor.report(`reserved identifier: ${first.text}`, (dot ?? first).offset);
    return this.#make.ident(first.offset, lead + first.text);
  }

  /** How many tokens stand before the brace if what follows is `.a.b{`. */
  #messageLength(): number | undefined {
    let ahead = 0;
    while (this.#cursor.peek(ahead).kind === '.' && this.#cursor.peek(ahead + 1).kind === 'ident') ahead += 2;
    return this.#cursor.peek(ahead).kind === '{' ? ahead : undefined;
  }

  #struct(typeName: string): Expr {
    const open = this.#cursor.expect('{');
    const fields: FieldInit[] = [];
    while (this.#cursor.peek().kind !== '}') {
      const mark = this.#cursor.peek();
      const optional = this.#optionalMark("unsupported syntax '?'", mark);
      const token = this.#fieldName();
      const name = this.#unquoteField(token);
      const colon = this.#cursor.expect(':');
      fields.push({ id: this.#make.nextId(), offset: colon.offset, name, value: this.#expr(), optional });
      if (this.#cursor.accept(',') === undefined) break;
    }
    this.#cursor.expect('}');
    return this.#make.struct(open.offset, typeName, fields);
  }

  #list(): Expr {
    const open = this.#cursor.take();
    const elements: Expr[] = [];
    const optionals: number[] = [];
    while (this.#cursor.peek().kind !== ']') {
      if (this.#optionalMark("unsupported syntax '?'", this.#cursor.peek())) optionals.push(elements.length);
      elements.push(this.#expr());
      if (this.#cursor.accept(',') === undefined) break;
    }
    this.#cursor.expect(']');
    return this.#make.list(open.offset, elements, optionals);
  }

  #map(): Expr {
    const open = this.#cursor.take();
    const entries: MapEntry[] = [];
    while (this.#cursor.peek().kind !== '}') {
      const optional = this.#optionalMark("unsupported syntax '?'", this.#cursor.peek());
      const key = this.#expr();
      const colon = this.#cursor.expect(':');
      entries.push({ id: this.#make.nextId(), offset: colon.offset, key, value: this.#expr(), optional });
      if (this.#cursor.accept(',') === undefined) break;
    }
    this.#cursor.expect('}');
    return this.#make.map(open.offset, entries);
  }

  #callOrMacro(open: Token, fn: string, target: Expr | undefined): Expr {
    const args: Expr[] = [];
    while (this.#cursor.peek().kind !== ')') {
      args.push(this.#expr());
      if (this.#cursor.accept(',') === undefined) break;
      if (this.#cursor.peek().kind === ')') this.#literal();
    }
    this.#cursor.expect(')');
    const macro = findMacro(this.#options.macros, fn, args.length, target !== undefined);
    const expanded = macro?.expand(this.#make.at(open.offset), target, args);
    if (expanded === undefined) return this.#make.call(open.offset, fn, args, target);
    if (!('error' in expanded)) return expanded;
    this.#cursor.report(expanded.error, expanded.offset);
    return this.#make.literal(open.offset, null);
  }

  #literal(): Expr {
    const sign = this.#isSign() ? this.#cursor.accept('-') : undefined;
    const token = this.#cursor.peek();
    const constant = constantOf(token, sign !== undefined);
    if (constant === undefined) return this.#cursor.stop(`mismatched input '${token.text}' expecting ${primaries}`);
    this.#cursor.take();
    const { offset } = sign ?? token;
    if ('error' in constant) this.#cursor.report(constant.error, offset);
    return this.#make.literal(offset, 'error' in constant ? null : constant.value);
  }

  #deeper(by: number): void {
    this.#depth += by;
    if (this.#depth > maxDepth) this.#cursor.tooDeep();
  }
}
