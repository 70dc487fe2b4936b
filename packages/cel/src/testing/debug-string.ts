import type { Checked } from '../check/checker.ts';
import type { Expr } from '../syntax/ast.ts';
import { formatDouble } from '../values/number.ts';
import { decodeUtf8 } from '../values/text.ts';
import { Double, typeOf, Uint } from '../values/value.ts';
import type { Value } from '../values/value.ts';

/** What stands behind a node: its kind, or its type and references. */
export type Adorn = (node: Expr | 'entry') => string;

const kinds = {
  ident: 'Ident',
  select: 'Select',
  call: 'Call',
  list: 'List',
  map: 'Struct',
  struct: 'Struct',
  fold: 'Comprehension',
};

/** Adorns with the kinds of nodes, as cel-go's parser tests do. */
export const adornKind: Adorn = (node) => {
  if (node === 'entry') return '^#*expr.Expr_CreateStruct_Entry#';
  if (node.kind !== 'literal') return `^#*expr.Expr_${kinds[node.kind]}Expr#`;
  return `^#*expr.Constant_${literalKind(node.value)}Value#`;
};

function literalKind(value: Value): string {
  if (value === null) return 'Null';
  if (value instanceof Double) return 'Double';
  if (value instanceof Uint) return 'Uint64';
  if (value instanceof Uint8Array) return 'Bytes';
  if (typeof value === 'boolean') return 'Bool';
  return typeof value === 'string' ? 'String' : 'Int64';
}

/** Adorns with types and references, as cel-go's checker tests do. */
export function adornChecked({ types, references }: Checked): Adorn {
  return (node) => {
    if (node === 'entry') return '';
    const type = types.get(node.id);
    const reference = references.get(node.id);
    const overloads = reference?.overloads?.map((overload) => overload.id);
    const means = overloads === undefined ? reference?.name : selected(overloads).join('|');
    return `${type === undefined ? '' : `~${type.toString()}`}${means === undefined ? '' : `^${means}`}`;
  };
}

function selected(overloads: readonly string[]): readonly string[] {
  return overloads.length === 0 ? ['select_optional_field'] : overloads.toSorted();
}

/** A tree as text, as cel-go's debug.ToAdornedDebugString writes it. */
export function debugString(expr: Expr, adorn: Adorn, checked?: Checked): string {
  return new Writer(adorn, checked).node(expr, 0);
}

class Writer {
  readonly #adorn: Adorn;
  readonly #checked: Checked | undefined;

  constructor(adorn: Adorn, checked: Checked | undefined) {
    this.#adorn = adorn;
    this.#checked = checked;
  }

  node(expr: Expr, depth: number): string {
    return this.#bare(expr, depth) + this.#adorn(expr);
  }

  #bare(expr: Expr, depth: number): string {
    const reference = this.#checked?.references.get(expr.id);
    switch (expr.kind) {
      case 'literal':
        return showLiteral(expr.value);
      case 'ident':
        return reference?.name ?? expr.name;
      case 'select':
        if (reference?.name !== undefined) return reference.name;
        return `${this.node(expr.operand, depth)}.${expr.field}${expr.testOnly ? '~test-only~' : ''}`;
      case 'call':
        return this.#call(expr, depth);
      case 'list':
        return `[${block(
          expr.elements.map((element) => this.node(element, depth + 1)),
          depth,
        )}]`;
      case 'map':
        return `{${block(this.#entries(expr, depth), depth)}}`;
      case 'struct':
        return `${reference?.name ?? expr.typeName}{${block(this.#fields(expr, depth), depth)}}`;
      case 'fold':
        return this.#fold(expr, depth + 1);
    }
  }

  #entries(expr: Expr & { kind: 'map' }, depth: number): readonly string[] {
    return expr.entries.map(({ key, value, optional }) => {
      return `${optional ? '?' : ''}${this.node(key, depth + 1)}:${this.node(value, depth + 1)}${this.#adorn('entry')}`;
    });
  }

  #call(expr: Expr & { kind: 'call' }, depth: number): string {
    const reference = this.#checked?.references.get(expr.id);
    const target =
      expr.target === undefined || reference?.namespaced === true ? '' : `${this.node(expr.target, depth)}.`;
    const args = expr.args.map((arg) => this.node(arg, depth + 1));
    return `${target}${reference?.fn ?? expr.fn}(${block(args, depth)})`;
  }

  #fields(expr: Expr & { kind: 'struct' }, depth: number): readonly string[] {
    return expr.fields.map(({ name, value, optional }) => {
      return `${optional ? '?' : ''}${name}:${this.node(value, depth + 1)}${this.#adorn('entry')}`;
    });
  }

  #fold(expr: Expr & { kind: 'fold' }, depth: number): string {
    const pad = `\n${'  '.repeat(depth)}`;
    const parts = [
      ['Variable', expr.iterVar],
      ['Target', this.node(expr.range, depth)],
      ['Accumulator', expr.accuVar],
      ['Init', this.node(expr.init, depth)],
      ['LoopCondition', this.node(expr.condition, depth)],
      ['LoopStep', this.node(expr.step, depth)],
      ['Result', this.node(expr.result, depth)],
    ];
    return `__comprehension__(${parts.map(([name, text]) => `${pad}// ${name}${pad}${text}`).join(',')})`;
  }
}

function block(items: readonly string[], depth: number): string {
  if (items.length === 0) return '';
  const pad = `\n${'  '.repeat(depth + 1)}`;
  return `${pad}${items.join(`,${pad}`)}\n${'  '.repeat(depth)}`;
}

const named: Readonly<Record<string, string>> = {
  '\u0007': '\\a',
  '\b': '\\b',
  '\t': '\\t',
  '\n': '\\n',
  '\v': '\\v',
  '\f': '\\f',
  '\r': '\\r',
  '"': '\\"',
  '\\': '\\\\',
};

function showLiteral(value: Value): string {
  if (value instanceof Double) return formatDouble(value.value);
  if (value instanceof Uint) return `${value.value}u`;
  if (value instanceof Uint8Array) return `b${showBytes(value)}`;
  if (typeof value === 'string') return `"${escape(value)}"`;
  return typeof value === 'object' && value !== null ? typeOf(value).name : String(value);
}

function showBytes(bytes: Uint8Array): string {
  const text = decodeUtf8(bytes);
  if (text !== undefined) return `"${escape(text)}"`;
  return `"${Array.from(bytes, (byte) => (byte < 0x80 ? escape(String.fromCharCode(byte)) : hex(byte))).join('')}"`;
}

function hex(code: number): string {
  return `\\x${code.toString(16).padStart(2, '0')}`;
}

function escape(text: string): string {
  return Array.from(text, (point) => {
    const code = point.codePointAt(0) ?? 0;
    if (Object.hasOwn(named, point)) return named[point];
    if (/[\p{L}\p{M}\p{N}\p{S}\p{P} ]/u.test(point)) return point;
    if (code < 0x80) return hex(code);
    return code < 0x10000 ? `\\u${code.toString(16).padStart(4, '0')}` : `\\U${code.toString(16).padStart(8, '0')}`;
  }).join('');
}
